#pragma once
// What glibc offers only as variadic functions, which Swift cannot call, or not at all.
#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
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

static inline int device_offload_request(int descriptor, struct ifreq *request, void *command) {
    request->ifr_data = (char *)command;
    return ioctl(descriptor, SIOCETHTOOL, request);
}

// 0, or -1 with errno where there is no such device. Needs no privileges.
static inline int device_facts_get(int descriptor, const char *name, struct device_facts *facts) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) return -1;
    facts->flags = (unsigned short)request.ifr_flags;
    facts->hardware_type = ioctl(descriptor, SIOCGIFHWADDR, &request) == 0 ? request.ifr_hwaddr.sa_family : -1;
    facts->mtu = ioctl(descriptor, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : -1;
    struct ethtool_value value = { ETHTOOL_GGRO, 0 };
    facts->generic_receive_offload = device_offload_request(descriptor, &request, &value) == 0 ? value.data != 0 : -1;
    value = (struct ethtool_value){ ETHTOOL_GFLAGS, 0 };
    facts->large_receive_offload =
        device_offload_request(descriptor, &request, &value) == 0 ? (value.data & ETH_FLAG_LRO) != 0 : -1;
    struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };
    int has_ring = device_offload_request(descriptor, &request, &ring) == 0;
    facts->ring_packets = has_ring ? (int)ring.rx_pending : -1;
    facts->most_ring_packets = has_ring ? (int)ring.rx_max_pending : -1;
    return 0;
}

// Puts the device into promiscuous mode for as long as the packet socket is open.
static inline int packet_socket_promiscuous(int descriptor, int device) {
    struct packet_mreq request = { .mr_ifindex = device, .mr_type = PACKET_MR_PROMISC };
    return setsockopt(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
}

// Whether something keeps the system's clock right, and how wrong the kernel thinks it can be (adjtimex(2)).
static inline int clock_synchronised(long *most_error_microseconds) {
    struct timex clock = { .modes = 0 };
    int state = adjtimex(&clock);
    if (state < 0) return -1;
    *most_error_microseconds = clock.maxerror;
    return state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
}
