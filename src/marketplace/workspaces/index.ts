import './types.js';
import './queries.js';
import './mutations.js';
import './install-agent.js';
import './invite-member.js';
