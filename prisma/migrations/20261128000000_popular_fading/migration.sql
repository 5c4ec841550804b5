-- When uses were counted last, so that they fade with time and not with the number of instances that save: see src/response-cache/popular-operations.ts.
ALTER TABLE cache_popular ADD COLUMN at timestamptz NOT NULL DEFAULT now();
