import './types.js';
import './transfer-types.js';
import './queries.js';
import './transfer-nft.js';
