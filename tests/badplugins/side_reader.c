/* A reader of side files that is in the hands of whoever made the file: it stands where needlepath-side-reader is looked for, and does what the
 * file's name says to the planner that started it. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case/private/side.h"
#include "sandbox/limits.h"
#include "sandbox/talk.h"

#define SOCKET NP_HELPER_SOCKET_FD

static np_vec3 places[3] = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
static char *labels[3];

static void wait_for_ever(void)
{
    for (;;)
        pause();
}

static void header(uint32_t kind, uint32_t size)
{
    np_message_header h = {kind, size};
    (void)np_sandbox_put(SOCKET, &h, sizeof h);
}

static double sizes[3] = {1, 2, 3};
static np_case_values numbers[CASE_DRAWN_VALUES_MAX + 1] = {
    {.id = (char *)(uintptr_t) "size", .numbers = sizes, .n = 3}};

/* What is wrong with what the points have beside their places. */
static void spoil_numbers(const char *mode, case_drawn *drawn)
{
    if (strcmp(mode, "value.csv") == 0)
        sizes[1] = 1e300;
    if (strcmp(mode, "badpoint.csv") == 0)
        numbers[0].bad_point = 4;
    if (strcmp(mode, "id.csv") == 0)
        numbers[0].id = (char *)(uintptr_t) "\033[2J";
    if (strcmp(mode, "noid.csv") == 0)
        numbers[0].id = NULL;
    if (strcmp(mode, "values.csv") == 0)
        for (drawn->n_values = 0; drawn->n_values <= CASE_DRAWN_VALUES_MAX; drawn->n_values++)
            numbers[drawn->n_values] = numbers[0];
}

/* Measured dots that are right but for what MODE says. */
static np_measured measured(const char *mode)
{
    static np_measured_dot dots[NP_MEASURED_MAX + 1] = {{2, 1, {0.5, 0.2, (double)NAN}},
                                                        {3, (double)NAN, {-1e9, 1e9, 0}}};
    if (strcmp(mode, "number.csv") == 0)
        dots[1].value[2] = INFINITY;
    return (np_measured){dots, strcmp(mode, "dots.csv") == 0 ? NP_MEASURED_MAX + 1 : 2};
}

/* An answer that is right but for what MODE says. */
static void give(const char *mode, case_side_kind kind)
{
    np_message m = {0};
    case_side_found found = {0};
    np_message_begin(&m, CASE_SIDE_FOUND);
    for (int i = 0; i < 3; i++)
        labels[i] = strdup("a label");
    if (strcmp(mode, "nan.csv") == 0)
        places[2].y = NAN;
    if (strcmp(mode, "far.csv") == 0)
        places[2].y = 1e300;
    if (strcmp(mode, "label.csv") == 0) {
        labels[1] = calloc(1, 100001);
        memset(labels[1], 'x', 100000);
    }
    if (strcmp(mode, "nolabel.csv") == 0)
        labels[1] = NULL;
    if (kind == CASE_SIDE_DRAWN)
        found.drawn = (case_drawn){.points = places, .labels = labels, .n = 3};
    found.drawn.values = kind == CASE_SIDE_DRAWN ? numbers : NULL;
    found.drawn.n_values = kind == CASE_SIDE_DRAWN;
    spoil_numbers(mode, &found.drawn);
    if (strcmp(mode, "frame.csv") == 0)
        found.drawn.frame = (case_drawn_frame)77;
    if (strcmp(mode, "as.csv") == 0)
        found.drawn.as = (np_case_drawn_as)77;
    double radii[3] = {1, strcmp(mode, "radius.csv") == 0 ? -1 : 2, (double)NAN};
    if (strcmp(mode, "radius.csv") == 0 || strcmp(mode, "radii.csv") == 0)
        found.drawn.radii_mm = radii;
    double tones[3] = {0.5, strcmp(mode, "tone.made") == 0 ? 7 : 0.5, 0.5};
    if (kind == CASE_SIDE_MADE)
        found.made = (case_made){{places, 3}, tones};
    np_palette_shade shade = {.name = (char *)(uintptr_t) "dark", .dilution = 6, .stock_percent = 15};
    np_fiducial fiducials[3] = {{.name = shade.name}, {.name = shade.name}, {.name = shade.name}};
    if (strcmp(mode, "dilution.yaml") == 0)
        shade.dilution = NAN;
    if (strcmp(mode, "shade.yaml") == 0)
        shade.name = (char *)(uintptr_t) "\033[2J";
    if (strcmp(mode, "noshade.yaml") == 0)
        shade.name = NULL;
    if (strcmp(mode, "arm.yaml") == 0)
        fiducials[2].arm.z = 1e300;
    if (kind == CASE_SIDE_PALETTE)
        found.palette = (np_palette){&shade, strcmp(mode, "shades.yaml") == 0 ? 0 : 1};
    if (kind == CASE_SIDE_FIDUCIALS)
        found.fiducials =
            (np_fiducials){fiducials, strcmp(mode, "two.yaml") == 0 ? 2 : 3, strcmp(mode, "limit.yaml") == 0 ? 1e9 : 1};
    if (kind >= CASE_SIDE_MEASURED)
        found.measured = measured(mode);
    np_case_scan *scan = &found.description.scan;
    if (kind == CASE_SIDE_DESCRIPTION)
        scan->percentile = strcmp(mode, "percentile.yaml") == 0 ? 0 : 50;
    if (strcmp(mode, "units.yaml") == 0)
        scan->units = (np_case_unit)9;
    if (strcmp(mode, "axes.yaml") == 0)
        scan->axis_anterior = scan->axis_left = scan->axis_up = (char *)(uintptr_t) "+x";
    case_side_pass(&(case_pass){.message = &m}, kind, &found);
    if (strcmp(mode, "count.csv") == 0)
        memcpy(m.data + sizeof(uint32_t), &(uint32_t){1000000}, sizeof(uint32_t));
    if (strcmp(mode, "counts.csv") == 0)
        memcpy(m.data + sizeof(uint32_t), &(uint32_t){UINT32_MAX}, sizeof(uint32_t));
    if (strcmp(mode, "more.csv") == 0)
        np_message_put_u32(&m, 0);
    if (strcmp(mode, "less.csv") == 0)
        m.size -= 1;
    (void)np_message_send(SOCKET, &m);
    wait_for_ever();
}

static void give_error(uint32_t status, const char *text)
{
    np_message m = {0};
    np_message_begin(&m, CASE_SIDE_FAILED);
    np_message_put_u32(&m, status);
    np_message_put_text(&m, text);
    (void)np_message_send(SOCKET, &m);
    wait_for_ever();
}

static void drip(void)
{
    header(CASE_SIDE_FOUND, 1000);
    for (;;) {
        (void)np_sandbox_put(SOCKET, "x", 1);
        usleep(2000);
    }
}

/* What the number in MODE says: bytes of any kind. */
static void answer_seed(const char *mode, case_side_kind kind)
{
    uint8_t bytes[400];
    srandom((unsigned)strtol(mode + 4, NULL, 10));
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = random() % 3 ? 0 : (uint8_t)random();
    uint32_t size = random() % 8 ? (uint32_t)(random() % (long)sizeof bytes) : (uint32_t)random();
    switch (random() % 6) {
    case 0:
        exit((int)(random() % 256));
    case 1:
        raise(1 + (int)(random() % 31));
        break;
    case 2:
        give(mode, kind);
        break;
    default:
        header(random() % 4 ? CASE_SIDE_FOUND : CASE_SIDE_FAILED, size);
        (void)np_sandbox_put(SOCKET, bytes, size < sizeof bytes ? size : sizeof bytes);
        exit(0);
    }
}

static void answer(const char *mode, case_side_kind kind)
{
    if (strncmp(mode, "seed", 4) == 0)
        answer_seed(mode, kind);
    else if (strcmp(mode, "crash.csv") == 0)
        raise(SIGSEGV);
    else if (strcmp(mode, "exit.csv") == 0)
        exit(0);
    else if (strcmp(mode, "hang.csv") == 0)
        wait_for_ever();
    else if (strcmp(mode, "drip.csv") == 0)
        drip();
    else if (strcmp(mode, "close.csv") == 0 && close(SOCKET) == 0)
        wait_for_ever();
    else if (strcmp(mode, "child.csv") == 0 && fork() > 0)
        exit(0);
    else if (strcmp(mode, "child.csv") == 0) /* which holds the socket */
        wait_for_ever();
    else if (strcmp(mode, "unknown.csv") == 0)
        header(7, 0);
    else if (strcmp(mode, "empty.csv") == 0)
        header(CASE_SIDE_FOUND, 0);
    else if (strcmp(mode, "huge.csv") == 0)
        header(CASE_SIDE_FOUND, UINT32_MAX);
    else if (strcmp(mode, "silent.csv") == 0)
        header(CASE_SIDE_FAILED, 0);
    else if (strcmp(mode, "escape.csv") == 0)
        give_error(0, "\x1b[2J\r\nneedlepath: plan approved");
    else if (strcmp(mode, "status.csv") == 0)
        give_error(NP_ERR_APPROVAL, "a plan");
    else
        give(mode, kind);
    wait_for_ever();
}

int main(void)
{
    np_message m = {0};
    if (!np_message_receive(SOCKET, &m))
        return 1;
    case_side_kind kind = (case_side_kind)np_message_get_u32(&m);
    char *path = np_message_get_text(&m), *slash = path ? strrchr(path, '/') : NULL;
    if (path)
        answer(slash ? slash + 1 : path, kind);
    return 0;
}
