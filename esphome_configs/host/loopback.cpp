// ESPHome listens on all interfaces and has no option for it. A device without
// authentication must not be offered to the network, so the program brings its own
// bind(), which the linker finds before the C library's.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

extern "C" int bind(int fd, const sockaddr *address, socklen_t length) noexcept {
  static const auto real_bind = reinterpret_cast<decltype(&bind)>(dlsym(RTLD_NEXT, "bind"));
  if (address->sa_family != AF_INET)
    return real_bind(fd, address, length);
  sockaddr_in local = *reinterpret_cast<const sockaddr_in *>(address);
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return real_bind(fd, reinterpret_cast<const sockaddr *>(&local), sizeof(local));
}
