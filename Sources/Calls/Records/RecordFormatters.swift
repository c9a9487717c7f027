/// JSON Lines: one record a line. Keys and their order are documented for users.
public enum JSONLines {}

/// CSV (RFC 4180): a header and one row per call.
public enum CSVTable {}
