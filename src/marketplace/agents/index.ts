import './types.js';
import './queries.js';
import './mutations.js';
import './delete-agent.js';
import './review-agent.js';
