import './types.js';
import './user-collections.js';
import './queries.js';
import './update-profile.js';
import './wallet-nonce.js';
import './link-wallet.js';
