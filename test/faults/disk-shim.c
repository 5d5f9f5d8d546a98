/*
 * Stands between a program and its disk, for tests only (LD_PRELOAD): what happens to the files of a journal is said by one
 * word in the file that DISK_SHIM names, read anew before each operation.
 *   sound       nothing
 *   eio-write   writing fails
 *   eio-sync    syncing fails
 *   full        writing fails for want of space
 *   slow        every sync takes 150 ms
 *   held        what is written stays in this process until it is synced: killing it loses what was not, as a power cut does
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct held {
  ino_t file;
  off_t offset;
  size_t length;
  char *bytes;
  struct held *next;
};
static struct held *first = NULL, **last = &first;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int is_journal(int fd) {
  char link[64], path[4096];
  char *digits = link + sizeof link;
  *--digits = 0;
  unsigned number = (unsigned)fd;
  do *--digits = '0' + number % 10; while (number /= 10);
  digits -= 14;
  memcpy(digits, "/proc/self/fd/", 14);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, digits, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  const char *name = strrchr(path, '/');
  return name != NULL && strncmp(name, "/journal.db", 11) == 0 && strstr(name, "-shm") == NULL;
}

static int mode_is(const char *wanted) {
  char mode[32] = "";
  const char *file = getenv("DISK_SHIM");
  int fd = file == NULL ? -1 : syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = syscall(SYS_read, fd, mode, sizeof mode - 1);
  syscall(SYS_close, fd);
  mode[length < 0 ? 0 : length] = 0;
  return strncmp(mode, wanted, strlen(wanted)) == 0;
}

static ino_t inode_of(int fd) {
  struct stat found;
  return syscall(SYS_fstat, fd, &found) == 0 ? found.st_ino : 0;
}

/* Where the held bytes of a file end. */
static off_t end_of(ino_t file) {
  off_t end = 0;
  for (struct held *each = first; each != NULL; each = each->next)
    if (each->file == file && each->offset + (off_t)each->length > end) end = each->offset + each->length;
  return end;
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t offset) {
  if (mode_is("eio-write")) return errno = EIO, -1;
  if (mode_is("full")) return errno = ENOSPC, -1;
  if (!mode_is("held")) return syscall(SYS_pwrite64, fd, bytes, length, offset);
  struct held *entry = malloc(sizeof *entry);
  *entry = (struct held){inode_of(fd), offset, length, malloc(length), NULL};
  memcpy(entry->bytes, bytes, length);
  pthread_mutex_lock(&lock);
  *last = entry;
  last = &entry->next;
  pthread_mutex_unlock(&lock);
  return length;
}

static ssize_t read_at(int fd, void *bytes, size_t length, off_t offset) {
  ssize_t got = syscall(SYS_pread64, fd, bytes, length, offset);
  if (got < 0 || first == NULL) return got;
  ino_t file = inode_of(fd);
  pthread_mutex_lock(&lock);
  off_t end = end_of(file);
  ssize_t wanted = end <= offset ? 0 : end - offset > (off_t)length ? (ssize_t)length : end - offset;
  if (wanted > got) {
    memset((char *)bytes + got, 0, wanted - got);
    got = wanted;
  }
  for (struct held *each = first; each != NULL; each = each->next) {
    off_t from = each->offset > offset ? each->offset : offset;
    off_t to = each->offset + (off_t)each->length < offset + got ? each->offset + (off_t)each->length : offset + got;
    if (each->file == file && from < to) memcpy((char *)bytes + (from - offset), each->bytes + (from - each->offset), to - from);
  }
  pthread_mutex_unlock(&lock);
  return got;
}

/* Lets go of what is held of a file: onto the disk, or only what lies before `length`. */
static void release(int fd, off_t length) {
  ino_t file = inode_of(fd);
  pthread_mutex_lock(&lock);
  for (struct held **link = &first; *link != NULL;) {
    struct held *each = *link;
    if (each->file != file) {
      link = &each->next;
      continue;
    }
    if (each->offset < length) {
      size_t kept = each->offset + (off_t)each->length > length ? (size_t)(length - each->offset) : each->length;
      syscall(SYS_pwrite64, fd, each->bytes, kept, each->offset);
    }
    *link = each->next;
    free(each->bytes);
    free(each);
  }
  last = &first;
  while (*last != NULL) last = &(*last)->next;
  pthread_mutex_unlock(&lock);
}

static int sync_with(long call, int fd) {
  if (!is_journal(fd)) return syscall(call, fd);
  if (mode_is("eio-sync")) return errno = EIO, -1;
  if (mode_is("slow")) nanosleep(&(struct timespec){0, 150000000}, NULL);
  release(fd, (off_t)1 << 62);
  return syscall(call, fd);
}

int fsync(int fd) { return sync_with(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with(SYS_fdatasync, fd); }

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
  return is_journal(fd) ? write_at(fd, bytes, length, offset) : syscall(SYS_pwrite64, fd, bytes, length, offset);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

ssize_t pread64(int fd, void *bytes, size_t length, off_t offset) {
  return is_journal(fd) ? read_at(fd, bytes, length, offset) : syscall(SYS_pread64, fd, bytes, length, offset);
}
ssize_t pread(int fd, void *bytes, size_t length, off_t offset) { return pread64(fd, bytes, length, offset); }

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!is_journal(fd)) return syscall(SYS_write, fd, bytes, length);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t done = write_at(fd, bytes, length, offset);
  if (done > 0) lseek(fd, offset + done, SEEK_SET);
  return done;
}

ssize_t read(int fd, void *bytes, size_t length) {
  if (first == NULL || !is_journal(fd)) return syscall(SYS_read, fd, bytes, length);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t done = read_at(fd, bytes, length, offset);
  if (done > 0) lseek(fd, offset + done, SEEK_SET);
  return done;
}

static int stat_of(int fd, struct stat *found) {
  int result = syscall(SYS_fstat, fd, found);
  if (result != 0 || first == NULL || !is_journal(fd)) return result;
  pthread_mutex_lock(&lock);
  off_t end = end_of(found->st_ino);
  pthread_mutex_unlock(&lock);
  if (end > found->st_size) found->st_size = end;
  return result;
}
int fstat(int fd, struct stat *found) { return stat_of(fd, found); }
int fstat64(int fd, struct stat64 *found) { return stat_of(fd, (struct stat *)found); }

int ftruncate64(int fd, off_t length) {
  if (first != NULL && is_journal(fd)) release(fd, length);
  return syscall(SYS_ftruncate, fd, length);
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
