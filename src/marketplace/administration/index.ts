import './mutations.js';
