// The pause container of the lab: ends on SIGINT and SIGTERM, reaps whatever is its child, and otherwise sleeps. The same
// three duties as Kubernetes' own pause (build/pause/linux/pause.c).
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int signal) {
  (void)signal;
  _exit(0);
}

static void reap(int signal) {
  (void)signal;
  while (waitpid(-1, NULL, WNOHANG) > 0)
    ;
}

int main(void) {
  signal(SIGINT, end);
  signal(SIGTERM, end);
  signal(SIGCHLD, reap);
  for (;;) pause();
}
