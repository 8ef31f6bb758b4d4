//! Tests of the whole provider.
