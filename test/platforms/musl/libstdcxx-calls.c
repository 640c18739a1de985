// What Debian's libstdc++ calls in glibc and musl lacks. Debian has no libstdc++ for musl, so Bun for musl gets this one. All
// else that Bun calls is musl's.
#include <stddef.h>

struct tm;
typedef void *locale;
extern size_t strftime (char *, size_t, const char *, const struct tm *);
extern int getentropy (void *, size_t);

char __libc_single_threaded = 0;
unsigned __cpu_model[4];
int __cpu_indicator_init (void) { return 0; }
int _dl_find_object (void *address, void *found) { return -1; }
int __cxa_thread_atexit_impl (void (*destroy) (void *), void *object, void *library) { return 0; }
size_t __strftime_l (char *text, size_t bytes, const char *format, const struct tm *time, locale l) { return strftime(text, bytes, format, time); }
unsigned arc4random (void) {
  unsigned value;
  getentropy(&value, sizeof value);
  return value;
}

// libstdc++ reads the tables of a locale where glibc has them. There is one locale, with the tables of the first 128 characters.
static const unsigned short kinds[384];
static int same[384];
static struct { void *data[13]; const unsigned short *kinds; const int *lower; const int *upper; const char *names[13]; } classic;

locale __newlocale (int mask, const char *name, locale base) {
  for (int i = 0; i < 384; i++) same[i] = i - 128;
  for (int i = 0; i < 13; i++) classic.names[i] = "C";
  classic.kinds = kinds + 128;
  classic.lower = classic.upper = same + 128;
  return &classic;
}
locale __duplocale (locale l) { return l; }
void __freelocale (locale l) {}
locale __uselocale (locale l) { return &classic; }
