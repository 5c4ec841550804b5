import './types.js';
import './queries.js';
import './mutations.js';
import './add-collection.js';
import './refresh.js';
