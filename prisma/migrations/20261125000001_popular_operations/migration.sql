-- The public operations that are asked most, so that a server that starts, or has lost what it had stored, can execute them before anyone asks:
-- see src/response-cache/popular-operations.ts.
CREATE TABLE cache_popular (
  hash text PRIMARY KEY,
  -- What a request for it says: JSON with query, operationName, variables and extensions.
  body text NOT NULL,
  uses double precision NOT NULL
);
