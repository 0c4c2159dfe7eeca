// Keeps TensorFlow quiet while it is loaded. Its libraries log from static initialisers, before they read any
// setting, so standard error is redirected until they have run; afterwards only errors are logged.

/** A library that is initialised before all others (`-z initfirst`). */
export const SILENCE = `
#include <fcntl.h>
#include <unistd.h>
int dinc_standard_error = -1;
__attribute__((constructor)) static void silence() {
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  dinc_standard_error = fcntl(2, F_DUPFD_CLOEXEC, 3);
  if (dinc_standard_error >= 0) dup2(nowhere, 2);
  close(nowhere);
}
`;

/** Part of the binding, which is initialised after all its dependencies. */
export const RESTORE = `
#include <unistd.h>
#include "absl/log/globals.h"
extern int dinc_standard_error;
__attribute__((constructor)) static void restore() {
  absl::SetMinLogLevel(absl::LogSeverityAtLeast::kError);
  if (dinc_standard_error < 0) return;
  dup2(dinc_standard_error, 2);
  close(dinc_standard_error);
}
`;
