/**
 * One script for each schema version: it migrates the previous version to this one. A released script never changes.
 * `PRAGMA user_version` is the number of scripts that were applied to a database.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE transactions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    meter TEXT NOT NULL,
    meter_id TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    evse_id TEXT,
    request TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    start_value TEXT,
    started_at INTEGER,
    stopped_at INTEGER,
    changed_at INTEGER NOT NULL,
    record_seq INTEGER REFERENCES records (seq) ON DELETE SET NULL,
    UNIQUE (meter, transaction_id)
  ) STRICT;
  CREATE INDEX transactions_by_state ON transactions (meter, state);
  CREATE INDEX transactions_by_meter_id ON transactions (meter_id, transaction_id);

  CREATE TABLE changes (
    transaction_seq INTEGER NOT NULL REFERENCES transactions (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX changes_by_transaction ON changes (transaction_seq);

  CREATE TABLE records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE,
    meter TEXT NOT NULL,
    meter_id TEXT NOT NULL,
    transaction_id TEXT,
    evse_id TEXT,
    reason TEXT NOT NULL,
    ocmf BLOB NOT NULL,
    public_key TEXT NOT NULL,
    signing_method TEXT NOT NULL,
    verdict TEXT,
    start_value TEXT,
    started_at INTEGER,
    read_at INTEGER NOT NULL,
    delivered_at INTEGER
  ) STRICT;
  CREATE INDEX records_by_transaction ON records (meter, transaction_id);
  CREATE INDEX records_undelivered ON records (seq) WHERE delivered_at IS NULL;
  CREATE INDEX records_unjudged ON records (meter) WHERE verdict IS NULL;

  CREATE TABLE meters (
    meter_id TEXT PRIMARY KEY,
    first_key TEXT,
    last_pagination INTEGER
  ) STRICT;
  `,
  `
  CREATE TABLE places (
    meter TEXT PRIMARY KEY,
    meter_id TEXT NOT NULL,
    exchanged_id TEXT,
    exchanged_at INTEGER
  ) STRICT;

  CREATE TABLE probes (
    id INTEGER PRIMARY KEY,
    room BLOB NOT NULL
  ) STRICT;
  `,
  `
  CREATE INDEX transactions_by_record ON transactions (record_seq);
  CREATE INDEX records_by_delivery ON records (delivered_at);
  `,
];

/**
 * Tables and indexes that were added after the last version; an earlier release with this version does not use them.
 * Each script runs at each start and must do nothing if it ran before. The schema must fit into the first page of the
 * database: if it needed a second page, damage to that page could make all tables unreadable.
 */
export const additions: readonly string[] = [
  `
  CREATE TABLE IF NOT EXISTS rebuilds (
    moved_to TEXT NOT NULL,
    problem TEXT NOT NULL,
    records INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE IF NOT EXISTS mentions (
    what TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS records_by_meter_id ON records (meter_id);
  CREATE INDEX IF NOT EXISTS transactions_by_change ON transactions (changed_at);
  `,
  `
  CREATE INDEX IF NOT EXISTS transactions_of_meter ON transactions (meter);
  CREATE INDEX IF NOT EXISTS records_by_meter_id ON records (meter_id);
  CREATE INDEX IF NOT EXISTS transactions_by_change ON transactions (changed_at);
  `,
  `
  CREATE TABLE IF NOT EXISTS streams (
    stream TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    last_seq INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS deliveries (
    record_seq INTEGER PRIMARY KEY REFERENCES records ON DELETE CASCADE,
    stream TEXT,
    stream_seq INTEGER,
    again_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (record_seq) WHERE again_at IS NOT NULL;
  `,
];
