import Glibc

enum Processors {
    /// Processors this process may run on. glibc counts the affinity mask, which a container or taskset narrows.
    static let usable = min(256, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
