/* needlepath plugin preview: pictures of what a strategy paints, and of the dots that it comes to; again whenever its file changes. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "case/description.h"
#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "field/example.h"
#include "head/head.h"
#include "make/make.h"
#include "report/field_picture.h"

#define SETTLE_MS 150 /* a linker writes a file in several goes */

static const np_option options[] = {
    {.name = "param",
     .letter = 'p',
     .kind = NP_OPTION_TEXT,
     .value = "ID=VALUE",
     .repeats = true,
     .help = "A parameter, as in a case file: fade_mm=8, picture=map.pgm, fade='[[0, 0], [6, 1]]'."},
    {.name = "input",
     .letter = 'i',
     .kind = NP_OPTION_TEXT,
     .value = "SLOT=PLACE",
     .repeats = true,
     .help = "Where an input of the strategy lies, by name as `of:` of a case has it: region=scalp (or frontal, "
             "crown, "
             "temple_left), curve=fut_scar, points=fue_scars."},
    {.name = "strategy", .kind = NP_OPTION_TEXT, .value = "NAME", .help = "Which one, of a plugin that has several."},
    {.name = "head",
     .kind = NP_OPTION_FILE,
     .value = "SCAN.yaml",
     .help = "Another head than the built-in one: the description of a scan (`needlepath scan fit` writes one)."},
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "DIR",
     .writes = true,
     .help = "The folder for the pictures.  Default: STRATEGY-preview."},
    {.name = "watch",
     .letter = 'w',
     .kind = NP_OPTION_FLAG,
     .help = "Go on, and do it again whenever the plugin's file is written anew, until Ctrl-C."},
    CLI_SANDBOX_OPTION,
    {0}};

static const np_example examples[] = {
    {"What does it look like?", "needlepath plugin preview build/wave.so -p density_per_cm2=30"},
    {"While it is being written", "needlepath plugin preview build/wave.so -i region=scalp --watch"},
    {0}};

/* ---- which plugin, on which head ---- */

typedef struct look {
    np_plugin_list plugins; /* the strategy that is asked for first, until a draft takes them over */
    np_scan_description head;
    np_case *c;
    char strategy[64];
} look;

/* Leaves the one strategy that is asked for. */
static np_status choose(const char *wanted, const char *path, np_plugin_list *list, np_error *err)
{
    char names[300] = "";
    size_t chosen = list->n_strategies == 1 && !wanted ? 0 : list->n_strategies;
    for (size_t i = 0; i < list->n_strategies; i++) {
        size_t n = strlen(names);
        snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "", list->strategies[i].desc.id);
        if (wanted && strcmp(wanted, list->strategies[i].desc.id) == 0)
            chosen = i;
    }
    if (chosen == list->n_strategies)
        return np_error_set(err, NP_ERR_USAGE, "--strategy: expected one of those of %s (%s), found %.80s", path, names,
                            wanted ? wanted : "none");
    np_strategy_info first = list->strategies[0];
    list->strategies[0] = list->strategies[chosen];
    list->strategies[chosen] = first;
    return NP_OK;
}

static np_status read_head(const np_command_args *args, np_scan_description *head, np_error *err)
{
    const char *path = np_args_text(args, "head");
    np_mesh mesh = {0};
    if (path)
        return np_scan_description_read(path, head, err);
    np_status status = np_head_create(NP_CASE_SEX_M, 50, &mesh, head, err);
    np_mesh_fini(&mesh);
    return status;
}

static size_t take_texts(const np_command_args *args, const char *option, const char **out)
{
    size_t n = (size_t)np_args_count(args, option);
    for (size_t i = 0; i < n; i++)
        out[i] = np_args_text_at(args, option, (int)i);
    return n;
}

/* The plugin and the head that ARGS name, for look_fini to end, after errors too. */
static np_status look_init(const np_command_args *args, const np_progress *progress, look *l, np_error *err)
{
    const char *params[NP_COMMAND_MAX_REPEATS], *inputs[NP_COMMAND_MAX_REPEATS];
    size_t n_params = take_texts(args, "param", params), n_inputs = take_texts(args, "input", inputs);
    np_status status = np_plugin_list_init_file(&l->plugins, args->operands[0], progress, err);
    if (status == NP_OK)
        status = choose(np_args_text(args, "strategy"), args->operands[0], &l->plugins, err);
    if (status == NP_OK)
        status = read_head(args, &l->head, err);
    if (status == NP_OK) {
        const np_strategy_desc *d = &l->plugins.strategies[0].desc;
        np_field_example example = {d, &l->head, inputs, params, n_inputs, n_params};
        snprintf(l->strategy, sizeof l->strategy, "%s", d->id);
        status = np_field_example_create(&example, &l->c, err);
    }
    return status;
}

static void look_fini(look *l)
{
    np_case_destroy(l->c);
    np_scan_description_fini(&l->head);
    np_plugin_list_fini(&l->plugins);
}

/* ---- one look ---- */

static np_status draw(const np_make_draft *draft, const char *directory, np_error *err)
{
    const np_field *f = &draft->field;
    np_field_picture picture = {.scan = draft->scan,
                                .n = f->n,
                                .places = draft->patch.mesh.vertices,
                                .normals = draft->patch.normals,
                                .density_per_cm2 = f->density_per_cm2,
                                .depth_mm = f->depth_mm,
                                .tilt_rad = f->tilt_rad,
                                .azimuth_rad = f->azimuth_rad,
                                .plan = draft->plan};
    return np_field_pictures_write(&picture, directory, err);
}

/* One look; where a field is painted and no dots can be placed, its pictures are drawn all the same, and the error says why there are none. */
static np_status look_once(const np_command_args *args, np_error *err)
{
    look l = {0};
    np_make_draft draft = {0};
    np_progress progress = cli_progress();
    char directory[4096];
    double begin_s = np_clock_s();
    np_status status = look_init(args, &progress, &l, err);
    if (status == NP_OK)
        status = np_make_draft_init(l.c, &l.plugins, &progress, &draft, err);
    cli_progress_clear();
    const char *out = np_args_text(args, "out");
    snprintf(directory, sizeof directory, "%s%s", out ? out : l.strategy, out ? "" : "-preview");
    if (draft.painted)
        cli_print_notes(draft.plan->notes, stderr);
    if (draft.painted && status != NP_ERR_STOPPED) {
        np_error why = {0};
        np_status drawn = draw(&draft, directory, &why);
        if (drawn != NP_OK)
            status = np_error_pass(err, &why);
        else if (status == NP_OK)
            printf("%s: %zu dots on %.1f cm2; %s/{density,depth,tilt,flow,dots}.png after %.1f s\n", l.strategy,
                   draft.plan->n_dots, draft.plan->treated_area_cm2, CLI_PLAIN(directory), np_clock_s() - begin_s);
        else
            fprintf(stderr, "%s: no dots; %s/{density,depth,tilt,flow}.png\n", l.strategy, CLI_PLAIN(directory));
    }
    np_make_draft_fini(&draft);
    look_fini(&l);
    return status == NP_OK ? cli_check_stdout(err) : status;
}

/* ---- watching ---- */

typedef struct watched {
    int fd;
    const char *name; /* of the file in its folder */
} watched;

static np_status watch_folder(const char *path, watched *w, np_error *err)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    w->name = slash ? slash + 1 : path;
    w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (w->fd >= 0 &&
        inotify_add_watch(w->fd, folder[0] ? folder : "/", IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR) >= 0)
        return NP_OK;
    return np_error_set(err, NP_ERR_IO, "%s: its folder cannot be watched: %s", path, strerror(errno));
}

/* Whether anything that happened since was to the file. */
static bool has_changed(const watched *w)
{
    _Alignas(struct inotify_event) char bytes[4096];
    bool changed = false;
    for (ssize_t n; (n = read(w->fd, bytes, sizeof bytes)) > 0;)
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *e = (const struct inotify_event *)(const void *)(bytes + at);
            changed = changed || (e->len > 0 && strcmp(e->name, w->name) == 0) || e->mask & IN_Q_OVERFLOW;
            at += (ssize_t)(sizeof *e + e->len);
        }
    return changed;
}

/* Until the file was written anew and nothing more happens to it; false for Ctrl-C. */
static bool wait_for_change(const watched *w)
{
    struct pollfd ready = {.fd = w->fd, .events = POLLIN};
    bool changed = false;
    while (!cli_interrupted) {
        int n = poll(&ready, 1, changed ? SETTLE_MS : -1);
        if (n == 0)
            return true;
        if (n > 0)
            changed = has_changed(w) || changed;
    }
    return false;
}

static np_status watch(const np_command_args *args, np_error *err)
{
    watched w = {.fd = -1};
    np_status status = watch_folder(args->operands[0], &w, err);
    while (status == NP_OK) {
        np_error why = {0};
        np_status looked = look_once(args, &why);
        if (cli_interrupted)
            break;
        if (looked != NP_OK)
            fprintf(stderr, "%s\n", why.text);
        if (looked == NP_ERR_USAGE || looked == NP_ERR_STOPPED) {
            status = np_error_pass(err, &why); /* no other build mends that */
            break;
        }
        fprintf(stderr, "watching %s; Ctrl-C ends\n", CLI_PLAIN(args->operands[0]));
        if (!wait_for_change(&w))
            break;
    }
    if (w.fd >= 0)
        close(w.fd);
    return status;
}

static np_status run(const np_command_args *args, np_error *err)
{
    cli_set_sandbox(args);
    return np_args_flag(args, "watch") ? watch(args, err) : look_once(args, err);
}

const np_command cli_cmd_plugin_preview = {
    .name = "plugin preview",
    .summary = "draw what a plugin paints, and the dots that come of it",
    .operands = "PLUGIN.so",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Lays out and paints one layer of the strategy, in the sandbox as planning does, on the built-in head or "
        "another, and places its dots. Writes pictures of the density, depth and tilt, of where "
        "hair grows to and needles lean to, and of the dots by session: each from above, front, back and left. Nothing "
        "is "
        "ordered, moved or checked as a plan is.\n\n"
        "Slots that must be filled, or where none must all curves and points, get an input in a usual place: the "
        "crown, a strip scar, "
        "round scars, or, where there must be points, the vertex and the inion. --input names others.",
    .options = options,
    .examples = examples,
    .run = run,
};
