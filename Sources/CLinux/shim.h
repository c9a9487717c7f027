#pragma once
// What glibc offers only as variadic functions, which Swift cannot call, or not at all.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The calling thread's sets, as bit masks (capget(2), version 3: two words of 32 bits each).
struct capability_sets {
    uint64_t effective;
    uint64_t permitted;
    uint64_t inheritable;
};

static inline int capabilities_get(struct capability_sets *sets) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
    if (syscall(SYS_capget, &header, data) != 0) return -1;
    sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
    sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return 0;
}

static inline int capabilities_set(const struct capability_sets *sets) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = {
        { (uint32_t)sets->effective, (uint32_t)sets->permitted, (uint32_t)sets->inheritable },
        { (uint32_t)(sets->effective >> 32), (uint32_t)(sets->permitted >> 32), (uint32_t)(sets->inheritable >> 32) },
    };
    return (int)syscall(SYS_capset, &header, data);
}

static inline int process_control(int option, unsigned long argument, unsigned long more) {
    return prctl(option, argument, more, 0, 0);
}

// Opens a file for reading that lies below the directory, without following any link on the way (openat2(2), Linux 5.6).
static inline int open_beneath(int directory, const char *path) {
    struct open_how how = { 0 };
    how.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
