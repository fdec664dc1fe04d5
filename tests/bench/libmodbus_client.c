/*
 * What a program in C with libmodbus does on the same line.
 *
 *     libmodbus_client PATH unpaced SECONDS WORDS       reads registers as fast as it can
 *     libmodbus_client PATH rate SECONDS UNITS SILENCE_US ADDRESS:WORDS...
 *                                                       reads these of units 1..UNITS once a second
 *
 * Prints one JSON object.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <modbus/modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST_SAMPLES = 4000000, MOST_WORDS = 125 };

static uint32_t *samples;
static uint16_t words[MOST_WORDS];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_until(double at) {
  struct timespec until = {(time_t)at, (long)((at - (time_t)at) * 1e9)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
  }
}

static double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* The most that getrusage tells was the parent's before this program was loaded. */
static long resident_kb(void) {
  long kb = 0;
  char line[200];
  FILE *status = fopen("/proc/self/status", "r");
  while (status != NULL && fgets(line, sizeof line, status) != NULL && sscanf(line, "VmRSS: %ld kB", &kb) != 1) {
  }
  if (status != NULL) fclose(status);
  return kb;
}

static int ascending(const void *one, const void *other) {
  uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
  return (a > b) - (a < b);
}

static int read_registers(modbus_t *line, int address, int count) {
  if (modbus_read_input_registers(line, address, count, words) == count) return 1;
  fprintf(stderr, "read %d at %d: %s\n", count, address, modbus_strerror(errno));
  modbus_flush(line);
  return 0;
}

static void unpaced(modbus_t *line, double seconds, int count) {
  long requests = 0, failed = 0;
  samples = malloc(MOST_SAMPLES * sizeof *samples);
  modbus_set_slave(line, 1);
  double start = now(), cpu = cpu_seconds(), at = start;
  while (at < start + seconds && requests < MOST_SAMPLES) {
    if (!read_registers(line, 0, count)) failed++;
    double then = now();
    samples[requests++] = (then - at) * 1e9;
    at = then;
  }
  cpu = cpu_seconds() - cpu;
  qsort(samples, requests, sizeof *samples, ascending);
  printf("{\"requests\":%ld,\"failed\":%ld,\"seconds\":%.6f,\"p50Us\":%.1f,\"p99Us\":%.1f,\"cpuSeconds\":%.4f}\n", requests,
         failed, at - start, samples[requests / 2] / 1e3, samples[requests * 99 / 100] / 1e3, cpu);
}

static void rate(modbus_t *line, double seconds, int units, double silence, int reads, char **what) {
  long readings = 0, failed = 0;
  double start = now(), cpu = cpu_seconds();
  for (int second = 0; second < seconds; second++) {
    for (int unit = 1; unit <= units; unit++) {
      sleep_until(start + second + (double)(unit - 1) / units);
      modbus_set_slave(line, unit);
      for (int i = 0; i < reads; i++) {
        if (!read_registers(line, atoi(what[i]), atoi(strchr(what[i], ':') + 1))) failed++;
        sleep_until(now() + silence);
      }
      readings++;
    }
  }
  sleep_until(start + seconds);
  printf("{\"readings\":%ld,\"failed\":%ld,\"seconds\":%.6f,\"cpuSeconds\":%.4f,\"residentMb\":%.1f}\n", readings, failed,
         now() - start, cpu_seconds() - cpu, resident_kb() / 1024.0);
}

int main(int argc, char **argv) {
  modbus_t *line = argc < 5 ? NULL : modbus_new_rtu(argv[1], 115200, 'N', 8, 1);
  if (line == NULL || modbus_connect(line) != 0) return fprintf(stderr, "cannot open the line\n"), 1;
  modbus_set_response_timeout(line, 1, 0);
  double seconds = atof(argv[3]);
  if (strcmp(argv[2], "unpaced") == 0) unpaced(line, seconds, atoi(argv[4]));
  else if (argc > 6) rate(line, seconds, atoi(argv[4]), atof(argv[5]) / 1e6, argc - 6, argv + 6);
  modbus_close(line);
  modbus_free(line);
  return 0;
}
