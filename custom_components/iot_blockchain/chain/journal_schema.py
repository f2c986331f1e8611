"""The journal's tables, added where an older file lacks them, and what reads them."""

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS submission (
        id INTEGER PRIMARY KEY,
        chain INTEGER NOT NULL,
        kind TEXT NOT NULL,
        sender TEXT NOT NULL,
        nonce INTEGER NOT NULL,
        recipient TEXT NOT NULL,
        data BLOB NOT NULL,
        gas INTEGER NOT NULL,
        -- of an anchor
        size INTEGER,
        root BLOB,
        status TEXT NOT NULL,
        -- once it is in a block; fees are text because wei outgrow SQLite's integers
        hash BLOB,
        block_number INTEGER,
        block_hash BLOB,
        block_time INTEGER,
        number INTEGER,
        cost TEXT NOT NULL DEFAULT '0'
    )""",
    """CREATE TABLE IF NOT EXISTS attempt (
        hash BLOB PRIMARY KEY,
        submission INTEGER NOT NULL REFERENCES submission (id),
        raw BLOB NOT NULL,
        max_fee TEXT NOT NULL,
        priority_fee TEXT NOT NULL,
        sent INTEGER NOT NULL
    )""",
    # A log of some years has tens of thousands of anchors.
    "CREATE INDEX IF NOT EXISTS submission_by_chain ON submission (chain)",
    "CREATE INDEX IF NOT EXISTS submission_by_size ON submission (chain, kind, size)",
    "CREATE INDEX IF NOT EXISTS submission_by_status ON submission (chain, status)",
    "CREATE INDEX IF NOT EXISTS submission_by_time ON submission (chain, block_time)",
    "CREATE INDEX IF NOT EXISTS attempt_by_submission ON attempt (submission)",
)

SELECT = """
    SELECT *, coalesce(hash, (
        SELECT hash FROM attempt WHERE submission = submission.id
        ORDER BY rowid DESC LIMIT 1
    )) AS last_hash
    FROM submission WHERE chain = ?
"""
