#pragma once
// What glibc offers only as variadic functions, which Swift cannot call, or not at all.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/mman.h>
#include <linux/sockios.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
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

// What the kernel knows of a network device (netdevice(7), linux/ethtool.h). -1 in a member: the driver does not say.
struct device_facts {
    int flags;
    int hardware_type;
    int mtu;
    int generic_receive_offload;
    int large_receive_offload;
    int ring_packets;
    int most_ring_packets;
};

// `struct ifreq`. The headers that have it, and those of sockets and clocks below, would take names away from the Glibc module
// of Swift's static library.
struct device_request {
    char name[16];
    union {
        short flags;
        int value;
        struct { unsigned short family; char bytes[14]; } address;
        void *data;
        char room[24];
    };
};

static inline int device_ask(int descriptor, unsigned long what, struct device_request *request) {
    return (int)syscall(SYS_ioctl, descriptor, what, request);
}

static inline int device_ask_offload(int descriptor, struct device_request *request, void *command) {
    request->data = command;
    return device_ask(descriptor, SIOCETHTOOL, request);
}

// 0, or -1 with errno where there is no such device. Needs no privileges.
static inline int device_facts_get(int descriptor, const char *name, struct device_facts *facts) {
    struct device_request request;
    memset(&request, 0, sizeof request);
    strncpy(request.name, name, sizeof request.name - 1);
    if (device_ask(descriptor, SIOCGIFFLAGS, &request) != 0) return -1;
    facts->flags = (unsigned short)request.flags;
    facts->hardware_type = device_ask(descriptor, SIOCGIFHWADDR, &request) == 0 ? request.address.family : -1;
    facts->mtu = device_ask(descriptor, SIOCGIFMTU, &request) == 0 ? request.value : -1;
    struct ethtool_value value = { ETHTOOL_GGRO, 0 };
    facts->generic_receive_offload = device_ask_offload(descriptor, &request, &value) == 0 ? value.data != 0 : -1;
    value = (struct ethtool_value){ ETHTOOL_GFLAGS, 0 };
    facts->large_receive_offload =
        device_ask_offload(descriptor, &request, &value) == 0 ? (value.data & ETH_FLAG_LRO) != 0 : -1;
    struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };
    int has_ring = device_ask_offload(descriptor, &request, &ring) == 0;
    facts->ring_packets = has_ring ? (int)ring.rx_pending : -1;
    facts->most_ring_packets = has_ring ? (int)ring.rx_max_pending : -1;
    return 0;
}

// Puts the device into promiscuous mode for as long as the packet socket is open.
static inline int packet_socket_promiscuous(int descriptor, int device) {
    struct packet_mreq request = { .mr_ifindex = device, .mr_type = PACKET_MR_PROMISC };
    const int level = 263;  // SOL_PACKET
    return (int)syscall(SYS_setsockopt, descriptor, level, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
}

// Whether something keeps the system's clock right, and how wrong the kernel thinks it can be (adjtimex(2)); -1 if it does not say.
static inline int clock_synchronised(long *most_error_microseconds) {
    // The beginning of `struct timex`; the rest is more than the kernel writes.
    struct { unsigned modes; long offset, frequency, maximum_error, estimated_error; int status; long rest[32]; } clock;
    memset(&clock, 0, sizeof clock);
    long state = syscall(SYS_adjtimex, &clock);
    if (state < 0) return -1;
    *most_error_microseconds = clock.maximum_error;
    return state != 5 /* TIME_ERROR */ && (clock.status & 0x40 /* STA_UNSYNC */) == 0;
}

// Opens a file for reading that lies below the directory, without following any link on the way (openat2(2), Linux 5.6).
static inline int open_beneath(int directory, const char *path) {
    struct open_how how = { 0 };
    how.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// mremap(2): so much private memory has so much room from now on, at `place` (whose mapping goes) or, for none, anywhere. NULL when
// that cannot be.
static inline void *memory_move(void *old, size_t old_size, size_t new_size, void *place) {
    long flags = place ? MREMAP_MAYMOVE | MREMAP_FIXED : MREMAP_MAYMOVE;
    long moved = syscall(SYS_mremap, old, old_size, new_size, flags, place);
    return moved == -1 ? NULL : (void *)moved;
}
