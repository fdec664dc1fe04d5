/*
 * The least that a program in C can do on the same line: write, poll, read, and no look at the answer. What it reaches
 * is what the pseudo-terminal and the meter allow.
 *
 *     bare_client PATH SECONDS WORDS
 *
 * Prints one JSON object.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SAMPLES = 4000000 };

static uint32_t *samples;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int ascending(const void *one, const void *other) {
  uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
  return (a > b) - (a < b);
}

static void exchange(int line, const uint8_t request[8], int wanted) {
  uint8_t answer[256];
  if (write(line, request, 8) != 8) exit(1);
  for (int have = 0; have < wanted;) {
    struct pollfd readable = {line, POLLIN, 0};
    if (poll(&readable, 1, 1000) <= 0) exit(1);
    ssize_t got = read(line, answer, sizeof answer);
    if (got <= 0) exit(1);
    have += got;
  }
}

int main(int argc, char **argv) {
  int line = argc < 4 ? -1 : open(argv[1], O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (line < 0) return fprintf(stderr, "cannot open the line\n"), 1;
  struct termios raw;
  tcgetattr(line, &raw);
  cfmakeraw(&raw);
  tcsetattr(line, TCSANOW, &raw);
  double seconds = atof(argv[2]);
  int words = atoi(argv[3]);
  uint8_t request[8] = {1, 4, 0, 0, 0, words};
  uint16_t crc = 0xffff;
  for (int i = 0; i < 6; i++) {
    crc ^= request[i];
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
  }
  request[6] = crc & 0xff;
  request[7] = crc >> 8;
  samples = malloc(MOST_SAMPLES * sizeof *samples);
  long requests = 0;
  double start = now(), cpu = cpu_seconds(), at = start;
  while (at < start + seconds && requests < MOST_SAMPLES) {
    exchange(line, request, 5 + 2 * words);
    double then = now();
    samples[requests++] = (then - at) * 1e9;
    at = then;
  }
  cpu = cpu_seconds() - cpu;
  qsort(samples, requests, sizeof *samples, ascending);
  printf("{\"requests\":%ld,\"failed\":0,\"seconds\":%.6f,\"p50Us\":%.1f,\"p99Us\":%.1f,\"cpuSeconds\":%.4f}\n", requests,
         at - start, samples[requests / 2] / 1e3, samples[requests * 99 / 100] / 1e3, cpu);
  return 0;
}
