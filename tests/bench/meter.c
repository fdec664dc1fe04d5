/*
 * Meters on a pseudo-terminal, for measurements: they answer from a fixed register image, as fast as the machine can or
 * exactly as fast as a wire would carry the bytes.
 *
 *     meter IMAGE BAUDRATE TURNAROUND_US [SILENT_UNIT...]
 *
 * IMAGE: lines "UNIT ADDRESS HEX" (a range of registers) and "UNIT ADDRESS HEX single" (what a read of this one register
 * gives). Several lines at the address of the OCMF file are the records of a unit. BAUDRATE 0: no wire, no turnaround.
 * The device's path is the first line on standard output. Each line on standard input is answered with the totals since
 * the last one, as JSON; the end of standard input ends the meters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { UNITS = 256, REGISTERS = 0x10000, LONGEST = 256, PIECE_NS = 1000000 };
enum { COMMAND = 0x7040, STATE = 0x7100, SIZE = 0x7101, FILE_AT = 0x7110, TARIFF = 0x6900, RUNNING = 1, READY = 2 };

static uint8_t *image[UNITS];
static int32_t *single[UNITS];
static char **records[UNITS];
static int record_count[UNITS];
static bool silent[UNITS];
static uint16_t crc_table[256];
static int64_t byte_ns, turnaround_ns;
static int terminal;
static long exchanges, bytes_on_wire;
static int64_t answered_at, shortest_silence, silence;
static long silences;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_until(int64_t at) {
  struct timespec until = {at / 1000000000LL, at % 1000000000LL};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
}

static uint16_t crc16(const uint8_t *bytes, size_t count) {
  uint16_t crc = 0xffff;
  for (size_t i = 0; i < count; i++) crc = crc >> 8 ^ crc_table[(crc ^ bytes[i]) & 0xff];
  return crc;
}

static void set_register(int unit, int at, int value) {
  image[unit][2 * at] = value >> 8;
  image[unit][2 * at + 1] = value & 0xff;
}

/* The signed record with the tariff text that was written last. */
static void make_file(int unit) {
  char text[260];
  snprintf(text, sizeof text, "\"%.252s\"", (const char *)&image[unit][2 * TARIFF]);
  for (int i = 0; i < record_count[unit]; i++) {
    if (strstr(records[unit][i], text) == NULL) continue;
    char file[4062] = {0};
    int length = snprintf(file, sizeof file, "%s", records[unit][i]);
    memcpy(&image[unit][2 * FILE_AT], file, sizeof file);
    set_register(unit, SIZE, (length + 1) / 2);
    return;
  }
}

static size_t answer(const uint8_t *request, uint8_t *out) {
  int unit = request[0], at = request[2] << 8 | request[3], count = request[4] << 8 | request[5];
  size_t length;
  out[0] = unit;
  out[1] = request[1];
  if (request[1] == 4) {
    out[2] = 2 * count;
    memcpy(out + 3, &image[unit][2 * at], 2 * count);
    if (count == 1 && single[unit][at] >= 0) {
      out[3] = single[unit][at] >> 8;
      out[4] = single[unit][at] & 0xff;
    }
    length = 3 + 2 * count;
  } else {
    memcpy(out + 2, request + 2, 4);
    memcpy(&image[unit][2 * at], request + 7, 2 * count);
    int value = request[7] << 8 | request[8];
    if (at == COMMAND && value == 'B') set_register(unit, STATE, RUNNING);
    if (at == COMMAND && value == 'E') {
      make_file(unit);
      set_register(unit, STATE, READY);
    }
    length = 6;
  }
  uint16_t crc = crc16(out, length);
  out[length++] = crc & 0xff;
  out[length++] = crc >> 8;
  return length;
}

static void put(const uint8_t *bytes, size_t count) {
  answered_at = now_ns();
  while (count > 0) {
    ssize_t done = write(terminal, bytes, count);
    if (done < 0 && errno == EAGAIN) continue;
    if (done < 0) die("write");
    bytes += done;
    count -= done;
  }
}

static void send_paced(const uint8_t *bytes, size_t count, int64_t start) {
  size_t piece = PIECE_NS / byte_ns > 0 ? PIECE_NS / byte_ns : 1;
  for (size_t sent = 0; sent < count;) {
    size_t goal = sent + piece < count ? sent + piece : count;
    sleep_until(start + goal * byte_ns);
    put(bytes + sent, goal - sent);
    sent = goal;
  }
}

static pthread_mutex_t totals = PTHREAD_MUTEX_INITIALIZER;

static void hear(const uint8_t *request, size_t length, int64_t arrived) {
  static uint8_t out[LONGEST + 8];
  pthread_mutex_lock(&totals);
  if (answered_at > 0) {
    int64_t quiet = arrived - answered_at;
    if (quiet < shortest_silence) shortest_silence = quiet;
    silence += quiet;
    silences++;
  }
  size_t count = image[request[0]] == NULL || silent[request[0]] ? 0 : answer(request, out);
  bytes_on_wire += length + count;
  exchanges++;
  pthread_mutex_unlock(&totals);
  if (count == 0) return;
  if (byte_ns == 0) put(out, count);
  else send_paced(out, count, arrived + length * byte_ns + turnaround_ns);
}

/* Length of the request that begins here; 0: not all of it is here, -1: it is none. */
static int request_length(const uint8_t *bytes, size_t count) {
  if (count < 8) return 0;
  int length = bytes[1] == 4 ? 8 : bytes[1] == 16 ? 9 + bytes[6] : -1;
  if (length > (int)count) return 0;
  return length > 0 && crc16(bytes, length) == 0 ? length : -1;
}

/* A thread of its own, so that an answer costs one read and one write and nothing else. */
static void *tell_totals(void *unused) {
  char asked[64];
  while (read(STDIN_FILENO, asked, sizeof asked) > 0) {
    pthread_mutex_lock(&totals);
    printf("{\"exchanges\":%ld,\"bytes\":%ld,\"shortestSilenceMs\":%.3f,\"meanSilenceMs\":%.3f}\n", exchanges,
           bytes_on_wire, shortest_silence / 1e6, silences == 0 ? 0 : silence / 1e6 / silences);
    exchanges = bytes_on_wire = answered_at = silence = silences = 0;
    shortest_silence = 1000000000;
    pthread_mutex_unlock(&totals);
  }
  exit(0);
  return unused;
}

static void listen_and_answer(void) {
  static uint8_t heard[2 * LONGEST];
  size_t have = 0;
  while (true) {
    ssize_t got = read(terminal, heard + have, sizeof heard - have);
    int64_t arrived = now_ns();
    if (got <= 0) continue;
    have += got;
    for (int length; (length = request_length(heard, have)) != 0;) {
      size_t used = length > 0 ? length : 1;
      if (length > 0) hear(heard, length, arrived);
      memmove(heard, heard + used, have -= used);
    }
  }
}

static void load(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) die(path);
  static char line[20000], hex[16400];
  while (fgets(line, sizeof line, file) != NULL) {
    unsigned unit, at;
    char kind[8] = "";
    if (sscanf(line, "%u %u %16383s %7s", &unit, &at, hex, kind) < 3 || unit >= UNITS || at >= REGISTERS) die("image");
    if (image[unit] == NULL) {
      image[unit] = calloc(REGISTERS, 2);
      single[unit] = malloc(REGISTERS * sizeof(int32_t));
      memset(single[unit], 0xff, REGISTERS * sizeof(int32_t));
    }
    size_t count = strlen(hex) / 2;
    uint8_t *bytes = &image[unit][2 * at], other[2];
    if (kind[0] == 's') bytes = other;
    for (size_t i = 0; i < count; i++) sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
    if (kind[0] == 's') single[unit][at] = other[0] << 8 | other[1];
    if (at == FILE_AT) {
      records[unit] = realloc(records[unit], (record_count[unit] + 1) * sizeof(char *));
      records[unit][record_count[unit]++] = strndup((char *)bytes, count);
    }
  }
  fclose(file);
}

int main(int argc, char **argv) {
  if (argc < 4) return fprintf(stderr, "usage: meter IMAGE BAUDRATE TURNAROUND_US [SILENT_UNIT...]\n"), 2;
  for (int byte = 0; byte < 256; byte++) {
    uint16_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    crc_table[byte] = crc;
  }
  load(argv[1]);
  int64_t baudrate = atol(argv[2]);
  byte_ns = baudrate == 0 ? 0 : 10 * 1000000000LL / baudrate;
  turnaround_ns = atol(argv[3]) * 1000LL;
  for (int i = 4; i < argc; i++) silent[atoi(argv[i]) & 0xff] = true;
  prctl(PR_SET_TIMERSLACK, 1);
  terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) die("pseudo-terminal");
  /* Stays open, so that the device lives between two clients. */
  int far = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  struct termios raw;
  tcgetattr(far, &raw);
  cfmakeraw(&raw);
  tcsetattr(far, TCSANOW, &raw);
  setvbuf(stdout, NULL, _IOLBF, 0);
  shortest_silence = 1000000000;
  printf("%s\n", ptsname(terminal));
  pthread_t teller;
  if (pthread_create(&teller, NULL, tell_totals, NULL) != 0) die("thread");
  listen_and_answer();
  return 0;
}
