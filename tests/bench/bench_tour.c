/* Orders any point set: bench_tour FILE.xyz [--seconds S | --kicks K] [--metric length|time]
 * [--closed | --first I --last I] [--seed N] -o TOUR.txt
 *
 * FILE holds `x y z` lines in mm, or `x y z ax ay az` with the needle's axis, or it is made:N for N points of
 * a jittered lattice; TOUR.txt gets the indices in order, one a line. Prints one JSON line: {n, length_mm,
 * seconds} and, in the arm's metric, the times. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/rng.h"
#include "tour/tour.h"

typedef struct options {
    const char *points, *tour;
    uint32_t first, last;
    np_tour_request request;
} options;

static int usage(void)
{
    fputs("usage: bench tour FILE.xyz [--seconds S | --kicks K] [--metric length|time]\n"
          "                  [--closed | --first I --last I] [--seed N] -o TOUR.txt\n",
          stderr);
    return 2;
}

/* The arm of a case file that says nothing of it. */
static np_case_arm default_arm(void)
{
    return (np_case_arm){.speed_mm_s = 100,
                         .acceleration_mm_s2 = 1000,
                         .rotation_deg_s = 60,
                         .rotation_acceleration_deg_s2 = 300,
                         .lift_mm = 2,
                         .approach_mm_s = 20};
}

static bool parse(int argc, char **argv, options *o)
{
    o->request = (np_tour_request){.arm = default_arm(), .kicks_per_dot = -1, .seed = 1};
    o->request.metric = NP_TOUR_LENGTH;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--closed") == 0) {
            o->request.closed = true;
            continue;
        }
        if (argv[i][0] != '-' && !o->points) {
            o->points = argv[i];
            continue;
        }
        if (!value)
            return false;
        if (strcmp(argv[i], "--seconds") == 0)
            o->request.seconds = strtod(value, NULL);
        else if (strcmp(argv[i], "--kicks") == 0)
            o->request.kicks_per_dot = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            o->request.seed = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--first") == 0)
            o->first = (uint32_t)strtoul(value, NULL, 10), o->request.first = &o->first;
        else if (strcmp(argv[i], "--last") == 0)
            o->last = (uint32_t)strtoul(value, NULL, 10), o->request.last = &o->last;
        else if (strcmp(argv[i], "--metric") == 0 && strcmp(value, "time") == 0)
            o->request.metric = NP_TOUR_TIME;
        else if (strcmp(argv[i], "--metric") == 0 && strcmp(value, "length") == 0)
            o->request.metric = NP_TOUR_LENGTH;
        else if (strcmp(argv[i], "-o") == 0)
            o->tour = value;
        else
            return false;
        i++;
    }
    return o->points && o->tour;
}

/* Reads the points; true if all is well.  Axes are there if the first line has six numbers. */
static bool read_points(const char *path, np_vec3 **out_positions, np_vec3 **out_axes, size_t *out_n)
{
    FILE *f = fopen(path, "r");
    char line[512];
    size_t room = 0, n = 0;
    int columns = 0;
    *out_positions = *out_axes = NULL;
    while (f && fgets(line, sizeof line, f)) {
        double v[6];
        int found = sscanf(line, "%lf %lf %lf %lf %lf %lf", v, v + 1, v + 2, v + 3, v + 4, v + 5);
        columns = n == 0 ? found : columns;
        if ((found != 3 && found != 6) || found != columns) {
            fprintf(stderr, "%s:%zu: expected `x y z` or `x y z ax ay az`\n", path, n + 1);
            fclose(f);
            return false;
        }
        if (n == room) {
            room = room ? 2 * room : 1024;
            np_vec3 *positions = realloc(*out_positions, room * sizeof **out_positions);
            np_vec3 *axes = realloc(*out_axes, room * sizeof **out_axes);
            *out_positions = positions ? positions : *out_positions;
            *out_axes = axes ? axes : *out_axes;
            if (!positions || !axes) {
                fclose(f);
                return false;
            }
        }
        (*out_positions)[n] = np_vec3_make(v[0], v[1], v[2]);
        (*out_axes)[n++] = found == 6 ? np_vec3_make(v[3], v[4], v[5]) : np_vec3_make(0, 0, 0);
    }
    if (!f) {
        perror(path);
        return false;
    }
    fclose(f);
    if (columns == 3) {
        free(*out_axes);
        *out_axes = NULL;
    }
    *out_n = n;
    return true;
}

/* N points of a jittered square lattice with 1 mm steps. */
static bool make_points(const char *count, np_vec3 **out_positions, np_vec3 **out_axes, size_t *out_n)
{
    size_t n = strtoull(count, NULL, 10), side = (size_t)ceil(sqrt((double)n));
    *out_axes = NULL;
    *out_positions = malloc((n + 1) * sizeof **out_positions);
    if (!*out_positions)
        return false;
    for (size_t i = 0; i < n; i++)
        (*out_positions)[i] = np_vec3_make((double)(i % side) + 0.6 * np_rng_uniform(1, 1, i, 0),
                                           (double)(i / side) + 0.6 * np_rng_uniform(1, 1, i, 1), 0);
    *out_n = n;
    return true;
}

static bool write_order(const char *path, const uint32_t *order, size_t n)
{
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%u\n", order[i]);
    return fclose(f) == 0;
}

int main(int argc, char **argv)
{
    options o = {0};
    if (!parse(argc, argv, &o))
        return usage();
    np_vec3 *positions = NULL, *axes = NULL;
    uint32_t *order = NULL;
    int failed = 1;
    bool made = strncmp(o.points, "made:", 5) == 0;
    if (made ? !make_points(o.points + 5, &positions, &axes, &o.request.n)
             : !read_points(o.points, &positions, &axes, &o.request.n))
        goto done;
    o.request.positions = positions;
    o.request.axes = axes;
    order = malloc((o.request.n + 1) * sizeof *order);
    if (!order)
        goto done;

    struct timespec begin, end;
    np_tour_totals totals;
    np_error err = {0};
    clock_gettime(CLOCK_MONOTONIC, &begin);
    np_status status = np_tour_order(&o.request, NULL, order, &totals, &err);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (status != NP_OK) {
        fprintf(stderr, "%s\n", err.text);
        goto done;
    }
    double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"n\": %zu, \"length_mm\": %.3f, \"seconds\": %.3f, \"time_s\": %.3f, \"greedy_time_s\": %.3f, "
           "\"peak_mb\": %.0f}\n",
           o.request.n, totals.length_mm, seconds, totals.time_s, totals.greedy_time_s, (double)usage.ru_maxrss / 1024);
    failed = !write_order(o.tour, order, o.request.n);
done:
    free(positions);
    free(axes);
    free(order);
    return failed;
}
