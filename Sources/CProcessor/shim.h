#pragma once
// What the processor can do and Swift has no word for; nothing is linked.

// Asks for the cache line of an address, which need not be anybody's: it is no access.
static inline void processor_prefetch(const void *address) { __builtin_prefetch(address); }
