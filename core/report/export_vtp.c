/* VTK PolyData in XML (VTK File Formats, "PolyData"): the dots as vertices with everything that is known of them as point data, for
 * ParaView and 3D Slicer.  ASCII, so that it can be read by eye. */
#include "base/angle.h"
#include "base/plain.h"
#include "report/export.h"

/* An item of a string array: VTK writes text as the codes of its bytes and a zero. */
static void write_string(const char *text, FILE *out)
{
    char plain[4096];
    for (const unsigned char *p = (const unsigned char *)np_plain_copy(text, plain, sizeof plain); *p; p++)
        fprintf(out, "%d ", *p);
    fputs("0\n", out);
}

/* The frame, and the layers' names in the order of their numbers. */
static void write_field(const np_plan *plan, FILE *out)
{
    fputs("<FieldData>\n<Array type=\"String\" Name=\"frame\" NumberOfTuples=\"1\" format=\"ascii\">\n", out);
    write_string("head: x anterior, y left, z up; mm", out);
    fprintf(out, "</Array>\n<Array type=\"String\" Name=\"layers\" NumberOfTuples=\"%zu\" format=\"ascii\">\n",
            plan->n_layers);
    for (size_t i = 0; i < plan->n_layers; i++)
        write_string(plan->layers[i].name, out);
    fputs("</Array>\n</FieldData>\n", out);
}

/* What a dot has beside its place: a column of one or three numbers. */
typedef struct column {
    const char *name, *type;
    int n;
    void (*get)(const np_dot *dot, double out[3]);
} column;

static void take(np_vec3 v, double out[3])
{
    out[0] = v.x, out[1] = v.y, out[2] = v.z;
}

static void get_normal(const np_dot *d, double out[3])
{
    take(d->normal, out);
}

static void get_axis(const np_dot *d, double out[3])
{
    take(d->axis, out);
}

#define NUMBER(name, value)                                                                                            \
    static void get_##name(const np_dot *d, double out[3])                                                             \
    {                                                                                                                  \
        out[0] = (double)(value);                                                                                      \
    }
NUMBER(id, d->id)
NUMBER(session, d->session)
NUMBER(order, d->order)
NUMBER(layer, d->layer)
NUMBER(pin, d->pin)
NUMBER(depth, d->depth_mm)
NUMBER(tilt, np_angle_deg(d->tilt_rad))
NUMBER(tone, d->tone)
NUMBER(dwell, d->dwell_ms)
NUMBER(density, d->density_per_cm2)

static const column columns[] = {
    {"Normals", "Float64", 3, get_normal},
    {"axis", "Float64", 3, get_axis},
    {"id", "Int64", 1, get_id},
    {"session", "Int32", 1, get_session},
    {"order", "Int64", 1, get_order},
    {"layer", "Int32", 1, get_layer},
    {"pin", "Int32", 1, get_pin},
    {"depth_mm", "Float64", 1, get_depth},
    {"tilt_deg", "Float64", 1, get_tilt},
    {"tone", "Float64", 1, get_tone},
    {"dwell_ms", "Float64", 1, get_dwell},
    {"density_per_cm2", "Float64", 1, get_density},
};

static void write_column(const np_export_request *request, const column *c, FILE *out)
{
    fprintf(out, "<DataArray type=\"%s\" Name=\"%s\" NumberOfComponents=\"%d\" format=\"ascii\">\n", c->type, c->name,
            c->n);
    size_t i = 0;
    for (const np_dot *d; (d = np_export_next(request, &i));) {
        double v[3];
        c->get(d, v);
        for (int k = 0; k < c->n; k++)
            fprintf(out, "%.9g%c", v[k], k + 1 < c->n ? ' ' : '\n');
    }
    fputs("</DataArray>\n", out);
}

/* One vertex cell a dot. */
static void write_cells(size_t n, FILE *out)
{
    fputs("<Verts>\n<DataArray type=\"Int64\" Name=\"connectivity\" format=\"ascii\">\n", out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%zu\n", i);
    fputs("</DataArray>\n<DataArray type=\"Int64\" Name=\"offsets\" format=\"ascii\">\n", out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%zu\n", i + 1);
    fputs("</DataArray>\n</Verts>\n", out);
}

static np_status write_vtp(const np_export_request *request, FILE *out, np_error *err)
{
    (void)err;
    size_t n = np_export_count(request), i = 0;
    fputs("<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"1.0\" "
          "byte_order=\"LittleEndian\">\n<PolyData>\n",
          out);
    write_field(request->plan, out);
    fprintf(out,
            "<Piece NumberOfPoints=\"%zu\" NumberOfVerts=\"%zu\" NumberOfLines=\"0\" NumberOfStrips=\"0\" "
            "NumberOfPolys=\"0\">\n"
            "<Points>\n<DataArray type=\"Float64\" NumberOfComponents=\"3\" format=\"ascii\">\n",
            n, n);
    for (const np_dot *d; (d = np_export_next(request, &i));)
        fprintf(out, "%.3f %.3f %.3f\n", d->position.x, d->position.y, d->position.z);
    fputs("</DataArray>\n</Points>\n", out);
    write_cells(n, out);
    fputs("<PointData Normals=\"Normals\">\n", out);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        write_column(request, &columns[c], out);
    fputs("</PointData>\n</Piece>\n</PolyData>\n</VTKFile>\n", out);
    return NP_OK;
}

const np_exporter np_exporter_vtp = {false, write_vtp, false, ""};
