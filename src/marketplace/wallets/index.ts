import './types.js';
import './nft-owners.js';
import './holdings.js';
import './queries.js';
