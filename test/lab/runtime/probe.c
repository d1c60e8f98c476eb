// The program in the lab's containers: servers that tell a client what they saw of it, and small questions to the kernel
// that only a process inside of the container's namespaces can ask. Errors are printed by name; what fails exits with errno.
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_SOCKETS = 16, SECONDS_TO_ANSWER = 2 };

static const char *error_name(int code) {
  switch (code) {
    case EADDRINUSE: return "EADDRINUSE";
    case EADDRNOTAVAIL: return "EADDRNOTAVAIL";
    case EACCES: return "EACCES";
    case EAGAIN: return "no answer";
    case ECONNREFUSED: return "ECONNREFUSED";
    case EHOSTUNREACH: return "EHOSTUNREACH";
    case ENETUNREACH: return "ENETUNREACH";
    case ENOENT: return "ENOENT";
    case ETIMEDOUT: return "ETIMEDOUT";
    default: return strerror(code);
  }
}

static int failed(const char *format, ...) {
  int code = errno;
  va_list values;
  va_start(values, format);
  vprintf(format, values);
  va_end(values);
  printf(": %s\n", error_name(code));
  fflush(stdout);
  return code;
}

static int is_udp(const char *protocol) { return strcasecmp(protocol, "udp") == 0; }

static int open_socket(const char *protocol) {
  return socket(AF_INET, is_udp(protocol) ? SOCK_DGRAM : SOCK_STREAM, 0);
}

static struct sockaddr_in at(const char *address, const char *port) {
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
  if (inet_pton(AF_INET, address, &where.sin_addr) != 1) {
    printf("%s is no IPv4 address\n", address);
    exit(EINVAL);
  }
  return where;
}

// As servers do it: with SO_REUSEADDR. @returns the socket, or -1 with errno.
static int listen_at(const char *protocol, const char *address, const char *port) {
  struct sockaddr_in where = at(address, port);
  int yes = 1, fd = open_socket(protocol);
  // UDP with SO_REUSEADDR on both sides would share the port.
  if (!is_udp(protocol)) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&where, sizeof where) != 0) return -1;
  if (!is_udp(protocol) && listen(fd, 16) != 0) return -1;
  return fd;
}

// `10.244.1.2 ttl 64 by eth0`: the client's address, the TTL left, and the device that the kernel names for the packet. What a
// namespace sends to an address of its own comes by lo, and yet the kernel names the device that has the address.
static void describe(char *into, size_t size, struct sockaddr_in *peer, struct msghdr *message) {
  char address[INET_ADDRSTRLEN] = "", device[IF_NAMESIZE] = "nothing";
  int ttl = 0;
  inet_ntop(AF_INET, &peer->sin_addr, address, sizeof address);
  for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each != NULL; each = CMSG_NXTHDR(message, each)) {
    if (each->cmsg_type == IP_TTL) memcpy(&ttl, CMSG_DATA(each), sizeof ttl);
    if (each->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(each), sizeof info);
      if (if_indextoname((unsigned)info.ipi_ifindex, device) == NULL) strcpy(device, "nothing");
    }
  }
  snprintf(into, size, "%s ttl %d by %s\n", address, ttl, device);
}

static void answer_tcp(int listener) {
  struct sockaddr_in peer = {0};
  socklen_t length = sizeof peer;
  int fd = accept(listener, (struct sockaddr *)&peer, &length);
  if (fd < 0) return;
  char control[256], text[128];
  socklen_t used = sizeof control;
  // What the handshake's last packet came with; the listener's options are inherited.
  if (getsockopt(fd, IPPROTO_IP, IP_PKTOPTIONS, control, &used) != 0) used = 0;
  struct msghdr message = {.msg_control = control, .msg_controllen = used};
  describe(text, sizeof text, &peer, &message);
  if (write(fd, text, strlen(text)) < 0) perror("write");
  close(fd);
}

static void answer_udp(int fd) {
  struct sockaddr_in peer = {0};
  char control[256], question[16], text[128];
  struct iovec data = {question, sizeof question};
  struct msghdr message = {.msg_name = &peer,
                           .msg_namelen = sizeof peer,
                           .msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  if (recvmsg(fd, &message, 0) < 0) return;
  describe(text, sizeof text, &peer, &message);
  // From the address that was asked, as DNS servers do it: the kernel would take that of the device that leads to the peer.
  for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); each != NULL; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_type != IP_PKTINFO) continue;
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(each), sizeof info);
    info.ipi_spec_dst = info.ipi_addr;
    info.ipi_ifindex = 0;
    memcpy(CMSG_DATA(each), &info, sizeof info);
    message.msg_control = each;
    message.msg_controllen = CMSG_SPACE(sizeof info);
    break;
  }
  data = (struct iovec){text, strlen(text)};
  if (sendmsg(fd, &message, 0) < 0) perror("answer");
}

static void end(int signal) {
  (void)signal;
  _exit(0);
}

// serve NAME [PROTOCOL:PORT]...: is called NAME in /proc, takes every port on all addresses, says `ready` and answers.
// Reaps nobody's children, as most applications.
static int serve(const char *name, int count, char **ports) {
  struct pollfd sockets[MOST_SOCKETS];
  int udp[MOST_SOCKETS];
  prctl(PR_SET_NAME, name);
  signal(SIGTERM, end);
  if (count > MOST_SOCKETS) return E2BIG;
  for (int i = 0; i < count; i++) {
    char *protocol = strtok(ports[i], ":"), *port = strtok(NULL, ":");
    udp[i] = is_udp(protocol);
    sockets[i] = (struct pollfd){.fd = listen_at(protocol, "0.0.0.0", port), .events = POLLIN};
    if (sockets[i].fd < 0) return failed("%s %s", protocol, port);
  }
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    if (poll(sockets, (nfds_t)count, -1) < 0 && errno != EINTR) return failed("poll");
    for (int i = 0; i < count; i++)
      if (sockets[i].revents & POLLIN) (udp[i] ? answer_udp : answer_tcp)(sockets[i].fd);
  }
}

// ask PROTOCOL ADDRESS PORT: prints what the server saw of this client.
static int ask(const char *protocol, const char *address, const char *port) {
  struct sockaddr_in where = at(address, port);
  struct timeval limit = {.tv_sec = SECONDS_TO_ANSWER};
  char text[128];
  int fd = open_socket(protocol);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *)&where, sizeof where) != 0) return failed("connect");
  if (is_udp(protocol) && send(fd, "?", 1, 0) < 0) return failed("send");
  ssize_t length = recv(fd, text, sizeof text - 1, 0);
  if (length < 0) return failed("receive");
  return fwrite(text, 1, (size_t)length, stdout) == (size_t)length ? 0 : EIO;
}

// Leaves a child behind that nobody waits for, without the caller's files: who asked for it need not wait.
static void leave_behind(void) {
  int nothing = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2; fd++) dup2(nothing, fd);
}

// hold PROTOCOL ADDRESS PORT: takes the port, says `bound`, and keeps it from then on.
static int hold(const char *protocol, const char *address, const char *port) {
  if (listen_at(protocol, address, port) < 0) return failed("%s %s:%s", protocol, address, port);
  printf("bound\n");
  fflush(stdout);
  if (fork() != 0) return 0;
  leave_behind();
  for (;;) pause();
}

// orphan NAME: a process of this name whose parent has ended.
static int orphan(const char *name) {
  pid_t parent = fork();
  if (parent == 0) {
    if (fork() != 0) _exit(0);
    prctl(PR_SET_NAME, name);
    leave_behind();
    for (;;) pause();
  }
  waitpid(parent, NULL, 0);
  return 0;
}

// processes: every process that /proc shows here, `PID NAME` a line.
static int processes(void) {
  DIR *proc = opendir("/proc");
  if (proc == NULL) return failed("/proc");
  for (struct dirent *each; (each = readdir(proc)) != NULL;) {
    char path[300], name[32];
    if (!isdigit((unsigned char)each->d_name[0])) continue;
    snprintf(path, sizeof path, "/proc/%s/comm", each->d_name);
    FILE *file = fopen(path, "r");
    if (file == NULL) continue;
    if (fgets(name, sizeof name, file) != NULL) printf("%s %s", each->d_name, name);
    fclose(file);
  }
  return 0;
}

static int devices(void) {
  struct if_nameindex *all = if_nameindex();
  if (all == NULL) return failed("devices");
  for (struct if_nameindex *each = all; each->if_index != 0; each++) printf("%s\n", each->if_name);
  return 0;
}

static int host_name(void) {
  char name[256];
  if (gethostname(name, sizeof name) != 0) return failed("host name");
  printf("%s\n", name);
  return 0;
}

// semaphore make|find KEY: System V semaphores belong to the IPC namespace.
static int semaphore(const char *action, const char *key) {
  int flags = strcmp(action, "make") == 0 ? IPC_CREAT | 0666 : 0;
  if (semget(atoi(key), 1, flags) < 0) return failed("semaphore");
  printf("found\n");
  return 0;
}

// file make|find PATH
static int file(const char *action, const char *path) {
  int fd = open(path, strcmp(action, "make") == 0 ? O_CREAT | O_RDWR : O_RDONLY, 0666);
  if (fd < 0) return failed("file");
  printf("found\n");
  return 0;
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  if (strcmp(what, "serve") == 0 && count >= 3) return serve(words[2], count - 3, words + 3);
  if (strcmp(what, "ask") == 0 && count == 5) return ask(words[2], words[3], words[4]);
  if (strcmp(what, "hold") == 0 && count == 5) return hold(words[2], words[3], words[4]);
  if (strcmp(what, "orphan") == 0 && count == 3) return orphan(words[2]);
  if (strcmp(what, "processes") == 0) return processes();
  if (strcmp(what, "devices") == 0) return devices();
  if (strcmp(what, "hostname") == 0) return host_name();
  if (strcmp(what, "semaphore") == 0 && count == 4) return semaphore(words[2], words[3]);
  if (strcmp(what, "file") == 0 && count == 4) return file(words[2], words[3]);
  printf("probe does not know %s\n", what);
  return EINVAL;
}
