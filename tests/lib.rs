//! Tests of the whole; nothing to import.
