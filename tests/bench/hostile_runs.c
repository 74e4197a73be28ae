/* Seeded hostile runs: `hostile_runs [SEED [RUNS [say]]]` lets a strategy (tests/badplugins/seeded.c) and, in every eighth run, a reader of scans
 * (tests/badplugins/reader.c), in another eighth one of side files (tests/badplugins/side_reader.c), attack this process, the planner, as their seeds say.  A run fails if what comes back is neither an error
 * with a text nor a field within its limits, or if a process, a file or memory of it is left; the seed that failed is printed, and plays it again.
 *
 * Built with sanitizers it wants a helper without them (NEEDLEPATH_LIBEXEC of a release build): they would take the filter of system calls away.
 * `./dev hostile` does that. */
#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../open_files.h"
#include "base/clock.h"
#include "case/case.h"
#include "case/private/schema.h"
#include "case/private/side.h"
#include "field/painter.h"
#include "head/private/import.h"
#include "head/scan.h"

#define POINTS 600
#define READER_EVERY 8

typedef struct rig {
    np_scan *scan;
    np_surface_point points[POINTS];
    char readers[4096]; /* the folder of the bad one */
    char folder[64];
    const char *helpers; /* NEEDLEPATH_LIBEXEC, or NULL */
    bool says;           /* each reason */
    long planned, refused, read, unread;
} rig;

static void fail(long seed, const char *what, const char *text)
{
    printf("seed %ld: %s%s%s\nagain: hostile_runs %ld 1\n", seed, what, text ? ": " : "", text ? text : "", seed);
    exit(1);
}

/* Orphans come to us: no process may be left, of whatever generation, but those that are about to die. */
static void check_nothing_left(long seed, int files)
{
    struct timespec pause = {0, 1000000};
    for (int i = 0; i < 5000; i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
            break;
        if (i == 4999)
            fail(seed, "a process is left", NULL);
        nanosleep(&pause, NULL);
    }
    if (count_open_files() != files)
        fail(seed, "an open file is left", NULL);
}

static bool within(double value, double least, double most)
{
    return value >= least && value <= most;
}

/* The limits of docs/plugin-author.md. */
static void check_field(long seed, const np_field *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (!within(f->coverage[i], 0, 1) || !within(f->density_per_cm2[i], 0, 1000) || !within(f->depth_mm[i], 0, 5) ||
            !within(f->tilt_rad[i], 0, 1.5708) || !isfinite(f->azimuth_rad[i]) || !within(f->tone[i], 0, 1) ||
            !within(f->dwell_ms[i], 0, 10000) || f->first_session[i] < 0 || f->first_session[i] > 8)
            fail(seed, "a field beyond its limits was accepted", NULL);
}

static np_case *make_case(const rig *r, long seed)
{
    char text[700];
    np_case *c = NULL;
    np_error err = {0};
    np_vec3 v = r->scan ? r->scan->landmarks.vertex : np_vec3_make(20, 0, 125);
    int n = snprintf(
        text, sizeof text,
        "needlepath: 1\nscan: {head: {sex: m, percentile: 50}}\npoints: [{name: top, points: [[%.4f, %.4f, %.4f]]}]\n"
        "layers: [{name: test, points: top, reach_mm: 60, strategy: seeded, params: {seed: %ld}}]\n",
        v.x, v.y, v.z, seed);
    if (np_case_parse("case.yaml", text, (size_t)n, &c, &err) != NP_OK)
        fail(seed, "the case", err.text);
    return c;
}

static void run_strategy(rig *r, long seed)
{
    np_error err = {0};
    np_painter *painter = NULL;
    np_field field = {0};
    np_case *c = make_case(r, seed);
    np_status status = np_painter_create(c, r->scan, NULL, &painter, &err);
    for (int i = 0; i < 2 && status == NP_OK; i++) {
        if (np_field_init(&field, POINTS, NULL) != NP_OK)
            fail(seed, "no memory", NULL);
        status = np_painter_paint(painter, r->points, POINTS, 0, NULL, &field, &err);
        if (status == NP_OK)
            check_field(seed, &field);
        np_field_fini(&field);
    }
    if (status != NP_OK && (status == NP_ERR_INTERNAL || !strstr(err.text, "strategy seeded ")))
        fail(seed, "refused for another reason than the strategy", err.text);
    if (status == NP_OK)
        r->planned++;
    else
        r->refused++;
    if (r->says)
        printf("seed %ld: %s\n", seed, status == NP_OK ? "painted" : err.text);
    np_painter_destroy(painter);
    np_case_destroy(c);
}

static void use_helpers(const char *folder)
{
    if (folder)
        setenv("NEEDLEPATH_LIBEXEC", folder, 1);
    else
        unsetenv("NEEDLEPATH_LIBEXEC");
}

/* What a side file of any kind gives; the reader, and not the file, is bad. */
static void run_side_reader(rig *r, long seed)
{
    char path[200];
    np_error err = {0};
    case_side_found found;
    case_side_kind kind = (case_side_kind)(seed / READER_EVERY % CASE_SIDE_KINDS);
    snprintf(path, sizeof path, "%s/seed%ld", r->folder, seed);
    use_helpers(r->readers);
    np_status status = case_side_read(kind, path, "x\n", 2, &found, &err);
    use_helpers(r->helpers);
    const np_vec3 *points = kind == CASE_SIDE_DRAWN      ? found.drawn.points
                            : kind == CASE_SIDE_EXISTING ? found.existing.points
                            : kind == CASE_SIDE_MADE     ? found.made.points.points
                                                         : found.description.scalp_outline.points;
    size_t n = kind == CASE_SIDE_DRAWN      ? found.drawn.n
               : kind == CASE_SIDE_EXISTING ? found.existing.n
               : kind == CASE_SIDE_MADE     ? found.made.points.n
                                            : found.description.scalp_outline.n;
    for (size_t i = 0; i < n; i++)
        if (!np_vec3_is_finite(points[i]) || fabs(points[i].x) > CASE_SCHEMA_COORDINATE_MAX)
            fail(seed, "points that are no places were accepted", NULL);
    if (status != NP_OK && (n > 0 || status == NP_ERR_INTERNAL || strncmp(err.text, path, strlen(path)) != 0))
        fail(seed, "refused for another reason than the file", err.text);
    if (status == NP_OK)
        r->read++;
    else
        r->unread++;
    if (r->says)
        printf("seed %ld: %s\n", seed, status == NP_OK ? "read" : err.text);
    case_side_fini(kind, &found);
}

static void run_reader(rig *r, long seed)
{
    char path[200];
    np_error err = {0};
    np_mesh mesh;
    snprintf(path, sizeof path, "%s/seed%ld.ply", r->folder, seed);
    FILE *f = fopen(path, "w");
    if (!f || fputs("x\n", f) < 0 || fclose(f) != 0)
        fail(seed, "cannot write", path);
    use_helpers(r->readers);
    np_status status = head_scan_import(path, NULL, &mesh, NULL, &err);
    use_helpers(r->helpers);
    remove(path);
    for (size_t i = 0; status == NP_OK && i < mesh.n_vertices; i++)
        if (!np_vec3_is_finite(mesh.vertices[i]))
            fail(seed, "a mesh without numbers was accepted", NULL);
    for (size_t t = 0; status == NP_OK && t < mesh.n_triangles; t++)
        for (int k = 0; k < 3; k++)
            if (mesh.triangles[t].v[k] >= mesh.n_vertices)
                fail(seed, "a mesh with corners that are not there was accepted", NULL);
    if (status != NP_OK && (status == NP_ERR_INTERNAL || !strstr(err.text, path)))
        fail(seed, "refused for another reason than the file", err.text);
    if (status == NP_OK)
        r->read++;
    else
        r->unread++;
    if (r->says)
        printf("seed %ld: %s\n", seed, status == NP_OK ? "read" : err.text);
    np_mesh_fini(&mesh);
}

static void open_rig(rig *r)
{
    char path[4096];
    np_error err = {0};
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    path[n > 0 ? n : 0] = '\0';
    if (strrchr(path, '/'))
        *strrchr(path, '/') = '\0';
    snprintf(r->readers, sizeof r->readers, "%.4000s/badreader", path);
    if (!getenv("NEEDLEPATH_PLUGIN_PATH"))
        setenv("NEEDLEPATH_PLUGIN_PATH", strcat(path, "/badplugins/seeded"), 1);
    setenv("NEEDLEPATH_PLUGIN_TIMEOUT_S", "1", 0);
    setenv("NEEDLEPATH_SCAN_TIMEOUT_S", "1", 0);
    r->helpers = getenv("NEEDLEPATH_LIBEXEC");
    strcpy(r->folder, "/tmp/needlepath-hostile-XXXXXX");
    np_case *c = make_case(r, 0);
    if (!mkdtemp(r->folder) || np_scan_create(&c->scan, NULL, &r->scan, &err) != NP_OK)
        fail(0, "the scan", err.text);
    np_case_destroy(c);
    for (int i = 0; i < POINTS; i++) {
        double z = -0.35 + 1.35 * (i + 0.5) / POINTS, side = sqrt(1 - z * z), a = 2.399963 * i;
        (void)np_surface_ray(&r->scan->surface, np_vec3_make(0, 0, 40), np_vec3_make(side * cos(a), side * sin(a), z),
                             300, &r->points[i]);
    }
}

int main(int argc, char **argv)
{
    static rig r;
    long seed = argc > 1 ? strtol(argv[1], NULL, 10) : 1, runs = argc > 2 ? strtol(argv[2], NULL, 10) : 1000;
    double begin_s = np_clock_s();
    setvbuf(stdout, NULL, _IOLBF, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    r.says = argc > 3;
    open_rig(&r);
    int files = count_open_files();
    size_t used = 0;
    for (long i = 0; i < runs; i++) {
        if ((seed + i) % READER_EVERY == 0)
            run_reader(&r, seed + i);
        else if ((seed + i) % READER_EVERY == READER_EVERY / 2)
            run_side_reader(&r, seed + i);
        else
            run_strategy(&r, seed + i);
        check_nothing_left(seed + i, files);
        if (i == runs / 10)
            used = mallinfo2().uordblks;
    }
    long more = (long)mallinfo2().uordblks - (long)used;
    if (runs >= 100 && more > 200000)
        fail(seed, "memory grew over the runs", NULL);
    printf("%ld runs from seed %ld in %.0f s: strategies %ld painted within the limits, %ld refused; readers %ld read, "
           "%ld refused; no process, file or memory left (%+ld bytes since a tenth of the runs)\n",
           runs, seed, np_clock_s() - begin_s, r.planned, r.refused, r.read, r.unread, more);
    np_scan_destroy(r.scan);
    rmdir(r.folder);
    return 0;
}
