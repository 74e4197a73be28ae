/* The plan's moves in its file and its digest: four tables, of which vias number 0 and 1 are home and station. */
#include "plan/moves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/chunks.h"
#include "plan/private/moves.h"

enum { FIXED_VIAS = 2 };                                              /* home, station */
enum { FIRST_VERSION = 5, ENTRIES_VERSION = 8, GANTRY_VERSION = 10 }; /* of the schema that has moves, entries, leans */
enum { MOST_LEAN_DEG = 90 };

void np_plan_moves_fini(np_plan_moves *moves)
{
    free(moves->hover_um);
    free(moves->lean_deg);
    free(moves->support_um);
    free(moves->moves);
    free(moves->vias);
    *moves = (np_plan_moves){0};
}

const np_plan_move *np_plan_moves_find(const np_plan_moves *moves, int session, int64_t from, int64_t to)
{
    for (size_t i = 0; i < moves->n_moves; i++)
        if (moves->moves[i].session == session && moves->moves[i].from == from && moves->moves[i].to == to)
            return &moves->moves[i];
    return NULL;
}

double np_plan_moves_reach_mm(const np_plan_moves *moves, np_vec3 direction)
{
    size_t node[3];
    double weight[3], scale, reach_um = 0;
    if (!moves->support_um)
        return INFINITY;
    np_support_corners(direction, node, weight, &scale);
    for (int k = 0; k < 3; k++)
        reach_um += weight[k] * moves->support_um[node[k]];
    return reach_um * scale / 1000;
}

/* ---- digest ---- */

static void hash_via(np_hash *h, const np_plan_via *via)
{
    for (int k = 0; k < 3; k++)
        np_hash_u32(h, (uint32_t)via->tip_um[k]);
    for (int k = 0; k < 3; k++)
        np_hash_u32(h, (uint32_t)via->axis_ppm[k]);
}

void plan_moves_hash(np_hash *h, const np_plan *plan)
{
    const np_plan_moves *m = &plan->moves;
    if (!m->hover_um)
        return;
    np_hash_text(h, "moves");
    for (size_t i = 0; i < plan->n_dots; i++)
        np_hash_u32(h, (uint32_t)m->hover_um[i]);
    hash_via(h, &m->home);
    hash_via(h, &m->station);
    np_hash_u64(h, m->n_moves);
    for (size_t i = 0; i < m->n_moves; i++) {
        const np_plan_move *move = &m->moves[i];
        np_hash_u32(h, (uint32_t)move->session);
        np_hash_u64(h, (uint64_t)move->from);
        np_hash_u64(h, (uint64_t)move->to);
        np_hash_u32(h, move->n_vias);
        for (uint32_t v = 0; v < move->n_vias; v++)
            hash_via(h, &m->vias[move->via + v]);
    }
    if (!m->support_um)
        return;
    np_hash_text(h, "gantry");
    for (size_t i = 0; i < plan->n_dots; i++)
        np_hash_u32(h, m->lean_deg[i]);
    np_hash_u64(h, NP_SUPPORT_NODES);
    for (size_t i = 0; i < NP_SUPPORT_NODES; i++)
        np_hash_u32(h, (uint32_t)m->support_um[i]);
}

/* ---- writing ---- */

static void bind_hover(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    sqlite3_bind_int(s, 1, plan->dots[i].session);
    sqlite3_bind_int64(s, 2, plan->dots[i].order);
    sqlite3_bind_int(s, 3, plan->moves.hover_um[i]);
    sqlite3_bind_int(s, 4, plan->moves.lean_deg ? plan->moves.lean_deg[i] : 0);
}

static void bind_support(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    sqlite3_bind_int64(s, 1, (sqlite3_int64)i);
    sqlite3_bind_int(s, 2, plan->moves.support_um[i]);
}

static void bind_move(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    const np_plan_move *move = &plan->moves.moves[i];
    sqlite3_bind_int64(s, 1, (sqlite3_int64)i);
    sqlite3_bind_int(s, 2, move->session);
    sqlite3_bind_int64(s, 3, move->from);
    sqlite3_bind_int64(s, 4, move->to);
    sqlite3_bind_int64(s, 5, move->n_vias);
}

static void bind_via(sqlite3_stmt *s, size_t i, const np_plan *plan)
{
    const np_plan_moves *m = &plan->moves;
    const np_plan_via *via = i == 0 ? &m->home : i == 1 ? &m->station : &m->vias[i - FIXED_VIAS];
    sqlite3_bind_int64(s, 1, (sqlite3_int64)i);
    for (int k = 0; k < 3; k++) {
        sqlite3_bind_int(s, 2 + k, via->tip_um[k]);
        sqlite3_bind_int(s, 5 + k, via->axis_ppm[k]);
    }
}

np_status plan_moves_write(plan_db *db, const np_plan *plan, np_error *err)
{
    if (!plan->moves.hover_um)
        return NP_OK;
    if (!np_plan_chunks_hold(plan))
        return np_error_set(err, NP_ERR_INTERNAL, "%s: the moves are not those of the plan's dots", db->path);
    np_status status =
        plan_db_insert(db, "INSERT INTO hovers VALUES (?, ?, ?, ?)", plan->n_dots, bind_hover, plan, err);
    if (status == NP_OK)
        status =
            plan_db_insert(db, "INSERT INTO moves VALUES (?, ?, ?, ?, ?)", plan->moves.n_moves, bind_move, plan, err);
    if (status == NP_OK)
        status = plan_db_insert(db, "INSERT INTO vias VALUES (?, ?, ?, ?, ?, ?, ?)", plan->moves.n_vias + FIXED_VIAS,
                                bind_via, plan, err);
    if (status == NP_OK && plan->moves.support_um)
        status = plan_db_insert(db, "INSERT INTO support VALUES (?, ?)", NP_SUPPORT_NODES, bind_support, plan, err);
    return status;
}

/* ---- reading: the digest says whether it is what was written; here only what could not be held is refused ---- */

static np_status read_support(plan_db *db, np_plan *plan, np_error *err)
{
    sqlite3_stmt *s = NULL;
    bool row = true;
    int64_t n = 0;
    np_status status = plan_db_integer(db, "SELECT count(*) FROM support", &n, err);
    if (status != NP_OK || n == 0)
        return status;
    if (n != NP_SUPPORT_NODES)
        return plan_db_damaged(db, err, "a reach of the scan is missing or was added");
    plan->moves.support_um = calloc(NP_SUPPORT_NODES, sizeof *plan->moves.support_um);
    plan->moves.lean_deg = calloc(plan->n_dots + 1, sizeof *plan->moves.lean_deg);
    status = plan->moves.support_um && plan->moves.lean_deg
                 ? plan_db_prepare(db, "SELECT node, reach_um FROM support ORDER BY node", &s, err)
                 : np_error_no_memory(err, db->path);
    for (int64_t i = 0; i < n && status == NP_OK; i++) {
        status = plan_db_step(db, s, &row, err);
        if (status == NP_OK && (!row || sqlite3_column_int64(s, 0) != i || !plan_db_fits(s, 1, INT32_MIN, INT32_MAX)))
            status = plan_db_damaged(db, err, "a reach of the scan is wrong or missing");
        else if (status == NP_OK)
            plan->moves.support_um[i] = sqlite3_column_int(s, 1);
    }
    sqlite3_finalize(s);
    return status;
}

/* LEAN: the column of the leans, or what stands for it in an older file. */
static np_status read_hovers(plan_db *db, np_plan *plan, const char *lean, np_error *err)
{
    char sql[100];
    sqlite3_stmt *s = NULL;
    bool row = true;
    snprintf(sql, sizeof sql, "SELECT hover_um, %s FROM hovers ORDER BY session, tour_order", lean);
    plan->moves.hover_um = calloc(plan->n_dots + 1, sizeof *plan->moves.hover_um);
    np_status status = plan->moves.hover_um ? plan_db_prepare(db, sql, &s, err) : np_error_no_memory(err, db->path);
    for (size_t i = 0; i < plan->n_dots && status == NP_OK; i++) {
        status = plan_db_step(db, s, &row, err);
        if (status == NP_OK && (!row || !plan_db_fits(s, 0, 0, INT32_MAX)))
            status = plan_db_damaged(db, err, "the height of a hover is wrong or missing");
        if (status == NP_OK && !plan_db_fits(s, 1, 0, plan->moves.lean_deg ? MOST_LEAN_DEG : 0))
            status = plan_db_damaged(db, err, "the lean of a dot is wrong");
        if (status == NP_OK)
            plan->moves.hover_um[i] = sqlite3_column_int(s, 0);
        if (status == NP_OK && plan->moves.lean_deg)
            plan->moves.lean_deg[i] = (uint8_t)sqlite3_column_int(s, 1);
    }
    sqlite3_finalize(s);
    return status;
}

static np_status read_moves(plan_db *db, np_plan *plan, int64_t n, np_error *err)
{
    np_plan_moves *m = &plan->moves;
    sqlite3_stmt *s = NULL;
    bool row = true;
    m->moves = calloc((size_t)n + 1, sizeof *m->moves);
    np_status status =
        m->moves ? plan_db_prepare(db, "SELECT session, from_order, to_order, vias FROM moves ORDER BY number", &s, err)
                 : np_error_no_memory(err, db->path);
    size_t vias = 0;
    for (; (int64_t)m->n_moves < n && status == NP_OK; m->n_moves++) {
        status = plan_db_step(db, s, &row, err);
        if (status == NP_OK &&
            (!row || !plan_db_fits(s, 0, 1, (int64_t)plan->n_sessions) ||
             !plan_db_fits(s, 1, NP_PLAN_STATION, UINT32_MAX) || !plan_db_fits(s, 2, NP_PLAN_STATION, UINT32_MAX) ||
             !plan_db_fits(s, 3, 0, NP_PLAN_MAX_VIAS)))
            status = plan_db_damaged(db, err, "a move is wrong or missing");
        if (status != NP_OK)
            break;
        m->moves[m->n_moves] = (np_plan_move){.session = sqlite3_column_int(s, 0),
                                              .from = sqlite3_column_int64(s, 1),
                                              .to = sqlite3_column_int64(s, 2),
                                              .via = (uint32_t)vias,
                                              .n_vias = (uint32_t)sqlite3_column_int64(s, 3)};
        vias += m->moves[m->n_moves].n_vias;
    }
    sqlite3_finalize(s);
    m->n_vias = vias; /* what the table vias must hold */
    return status;
}

static np_status read_vias(plan_db *db, np_plan *plan, np_error *err)
{
    np_plan_moves *m = &plan->moves;
    sqlite3_stmt *s = NULL;
    bool row = true;
    m->vias = calloc(m->n_vias + 1, sizeof *m->vias);
    np_status status =
        m->vias
            ? plan_db_prepare(db, "SELECT x_um, y_um, z_um, ax_ppm, ay_ppm, az_ppm FROM vias ORDER BY number", &s, err)
            : np_error_no_memory(err, db->path);
    for (size_t i = 0; i < m->n_vias + FIXED_VIAS && status == NP_OK; i++) {
        np_plan_via *via = i == 0 ? &m->home : i == 1 ? &m->station : &m->vias[i - FIXED_VIAS];
        status = plan_db_step(db, s, &row, err);
        for (int k = 0; k < 6 && status == NP_OK; k++) {
            if (!row || !plan_db_fits(s, k, INT32_MIN, INT32_MAX))
                status = plan_db_damaged(db, err, "a via is wrong or missing");
            else
                *(k < 3 ? &via->tip_um[k] : &via->axis_ppm[k - 3]) = sqlite3_column_int(s, k);
        }
    }
    sqlite3_finalize(s);
    return status;
}

np_status plan_moves_read(plan_db *db, np_plan *plan, np_error *err)
{
    int64_t version = 0, hovers = 0, moves = 0;
    np_status status = plan_db_integer(db, "PRAGMA user_version", &version, err);
    if (status != NP_OK || version < FIRST_VERSION)
        return status;
    status = plan_db_integer(db, "SELECT count(*) FROM hovers", &hovers, err);
    if (status == NP_OK)
        status = plan_db_integer(db, "SELECT count(*) FROM moves", &moves, err);
    if (status != NP_OK || (hovers == 0 && moves == 0))
        return status;
    if ((size_t)hovers != plan->n_dots || moves > hovers * 4 + 64)
        return plan_db_damaged(db, err, "moves are missing or were added");
    if (version >= GANTRY_VERSION)
        status = read_support(db, plan, err);
    if (status == NP_OK)
        status = read_hovers(db, plan, version >= GANTRY_VERSION ? "lean_deg" : "0", err);
    if (status == NP_OK)
        status = read_moves(db, plan, moves, err);
    if (status == NP_OK)
        status = read_vias(db, plan, err);
    if (status == NP_OK && version >= ENTRIES_VERSION && !np_plan_chunks_hold(plan))
        status = plan_db_damaged(db, err, "the moves are not those of its dots");
    return status;
}
