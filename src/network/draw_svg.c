/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks are drawn as lines from top to bottom, as buses are, services as rows that have a dot on every line they are
 * connected to. So the picture stays exact and readable when a service stands on many networks, and grows only
 * downwards.
 */
#include "network/draw.h"

#include "base/limits.h"
#include "report/markup.h"
#include "text/utf8.h"
#include "base/banned.h"

enum {
	MARGIN = 24,
	TITLE = 40,
	HEADING = 96,
	ROW = 44,
	CARD = 230,
	CARD_HEIGHT = 34,
	LANE = 74,
	FIRST_LANE = MARGIN + CARD + 46,
	FOOT = 46,
	MOST_ROWS = 400,
	MOST_LANES = 60,
	NAME_CHARACTERS = 22,
	LABEL_CHARACTERS = 18,
};

/* Colours are plain, so that converters without variables show them; browsers in the dark put others over them. */
static const char style[] =
	"<style>\n"
	"text{font-family:ui-sans-serif,system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1b2430;font-size:13px}\n"
	".title{font-size:17px;font-weight:600}.label{font-weight:600}.small{font-size:11px;fill:#5b6675}.port{font-"
	"size:11px}\n"
	".paper{fill:#ffffff}.card{fill:#f6f8fa;stroke:#d5dbe3}.store{fill:#e8f1ff;stroke:#2563eb}.row{stroke:#d5dbe3}"
	"\n"
	".hot{fill:#c2410c}.warm{fill:#b45309}.hotline{stroke:#c2410c}.warmline{stroke:#b45309}\n"
	".lane{stroke-width:3;fill:none}.internal{stroke-dasharray:7 "
	"5}.dot{stroke:#ffffff;stroke-width:2}.bar{stroke-width:2;stroke:#5b6675}\n"
	"@media(prefers-color-scheme:dark){text{fill:#e6ebf1}.small{fill:#9aa7b6}.paper{fill:#12171e}.card{fill:#"
	"1b232d;stroke:#313b47}"
	".store{fill:#17273f;stroke:#60a5fa}.row{stroke:#313b47}.hot{fill:#fb923c}.warm{fill:#fbbf24}.hotline{stroke:#"
	"fb923c}"
	".warmline{stroke:#fbbf24}.dot{stroke:#12171e}.bar{stroke:#9aa7b6}}\n"
	"</style>\n";

/* Readable on light and dark paper, told apart by people with colour blindness (after Okabe and Ito). */
static const char *const colours[] = { "#0072b2", "#009e73", "#cc79a7", "#56b4e9",
				       "#7a6fd0", "#8c8c00", "#5f9ea0", "#a0522d" };

struct sheet {
	const struct stk_net *net;
	struct stk_buf *out;
	struct stk_net_groups groups;
	size_t rows, lanes, width, height;
};

static size_t lane_x(size_t lane)
{
	return FIRST_LANE + lane * LANE + LANE / 2;
}

static size_t row_y(size_t row)
{
	return MARGIN + TITLE + HEADING + row * ROW + ROW / 2;
}

/* Lane 0 is the internet, 1 the LAN; the networks follow. */
static size_t network_lane(uint32_t network)
{
	return network + 2;
}

/* The first characters of a text, with an ellipsis where it is cut. */
static void short_text(struct stk_buf *out, struct stk_str text, size_t most)
{
	size_t n = 0, count = 0;
	while (n < text.n && count < most) {
		uint32_t c;
		size_t length = stk_utf8_decode(stk_str_slice(text, n, text.n), &c);
		n += length ? length : 1;
		count++;
	}
	stk_markup_text(out, stk_str_slice(text, 0, n));
	if (n < text.n)
		stk_buf_add(out, S("…"));
}

static void begin_text(struct sheet *s, size_t x, size_t y, const char *class, const char *more)
{
	stk_buf_printf(s->out, "<text x=\"%zu\" y=\"%zu\" class=\"%s\"%s>", x, y, class, more);
}

static void draw_lane(struct sheet *s, size_t lane, struct stk_str label, struct stk_str kind, const char *attributes,
		      const char *class)
{
	size_t x = lane_x(lane), top = MARGIN + TITLE + HEADING - 10;
	stk_buf_printf(s->out, "<path d=\"M%zu %zuV%zu\" class=\"lane %s\" %s><title>", x, top, s->height - FOOT, class,
		       attributes);
	stk_markup_text(s->out, label);
	stk_buf_add(s->out, S(" ("));
	stk_markup_text(s->out, kind);
	stk_buf_printf(s->out,
		       ")</title></path>\n<g transform=\"translate(%zu %zu) rotate(-38)\"><text class=\"label\">",
		       x - 2, top - 6);
	short_text(s->out, label, LABEL_CHARACTERS);
	stk_buf_add(s->out, S("</text><text class=\"small\" y=\"13\">"));
	short_text(s->out, kind, LABEL_CHARACTERS + 4);
	stk_buf_add(s->out, S("</text></g>\n"));
}

static void draw_lanes(struct sheet *s)
{
	draw_lane(s, 0, S("internet"), S("outside"), "", "hotline");
	draw_lane(s, 1, S("LAN"), S("neighbours"), "", "warmline");
	for (uint32_t i = 0; network_lane(i) < s->lanes; i++) {
		STK_BUF kind = stk_buf_new(STK_KIB(1));
		STK_BUF attribute = stk_buf_new(64);
		stk_net_network_text(&kind, &s->net->networks.v[i]);
		/* The format ends with a NUL of its own, since the text goes on as a C string. */
		stk_buf_printf(&attribute, "stroke=\"%s\"%c", colours[i % STK_LEN(colours)], 0);
		draw_lane(s, network_lane(i), s->net->networks.v[i].label, stk_buf_str(&kind), attribute.p,
			  s->net->networks.v[i].internal ? "internal" : "");
	}
}

static void draw_card(struct sheet *s, const struct stk_net_group *group, size_t row)
{
	const struct stk_net_service *first = &s->net->services.v[group->members.v[0]];
	size_t y = row_y(row) - CARD_HEIGHT / 2;
	STK_BUF note = stk_buf_new(STK_KIB(4));
	stk_net_mode_text(&note, s->net, first);
	if (first->kind_text && !note.n)
		stk_buf_add(&note, stk_str_from(first->kind_text));
	if (!note.n)
		stk_buf_add(&note, first->image);
	stk_buf_printf(s->out, "<rect x=\"%d\" y=\"%zu\" width=\"%d\" height=\"%d\" rx=\"7\" class=\"%s\"><title>",
		       MARGIN, y, CARD, CARD_HEIGHT, first->kind == STK_NET_STORE ? "store" : "card");
	stk_markup_text(s->out, group->name);
	stk_buf_add(s->out, S("</title></rect>\n"));
	begin_text(s, MARGIN + 12, y + 15, "label", "");
	short_text(s->out, group->name, NAME_CHARACTERS);
	stk_buf_add(s->out, S("</text>"));
	begin_text(s, MARGIN + 12, y + 28, "small", "");
	short_text(s->out, stk_buf_str(&note), NAME_CHARACTERS + 10);
	stk_buf_add(s->out, S("</text>\n"));
}

static void draw_dot_at(struct sheet *s, size_t lane, size_t row, const char *attributes)
{
	stk_buf_printf(s->out, "<circle cx=\"%zu\" cy=\"%zu\" r=\"7\" %s/>\n", lane_x(lane), row_y(row), attributes);
}

/* The networks a row stands on: those of the namespace's owner where it is shared. */
static const struct stk_net_numbers *networks_of(const struct sheet *s, const struct stk_net_group *group)
{
	static const struct stk_net_numbers none;
	uint32_t home = s->net->services.v[group->members.v[0]].home;
	return s->net->services.v[home].mode == STK_NET_ATTACHED ? &s->groups.v[s->groups.of[home]].networks : &none;
}

/* The first and last lane that a row has a dot on, for the bar between them. */
struct reach {
	size_t low, high;
	bool internet, lan;
};

static void note_lane(struct reach *r, size_t lane)
{
	r->low = lane < r->low ? lane : r->low;
	r->high = lane > r->high ? lane : r->high;
}

static struct reach reach_of(const struct sheet *s, const struct stk_net_group *group)
{
	struct reach r = { .low = SIZE_MAX };
	struct stk_net_route route;
	int32_t first = (int32_t)group->members.v[0];
	r.internet = stk_net_connects(s->net, STK_NET_FROM_INTERNET, first, 0, STK_NET_TCP, &route);
	r.lan = stk_net_connects(s->net, STK_NET_FROM_LAN, first, 0, STK_NET_TCP, &route);
	if (r.internet)
		note_lane(&r, 0);
	if (r.lan)
		note_lane(&r, 1);
	const struct stk_net_numbers *networks = networks_of(s, group);
	for (size_t i = 0; i < networks->n; i++)
		if (network_lane(networks->v[i]) < s->lanes)
			note_lane(&r, network_lane(networks->v[i]));
	return r;
}

static void draw_ports(struct sheet *s, const struct stk_net_group *group, size_t row)
{
	STK_BUF text = stk_buf_new(STK_KIB(64));
	int worst = 0;
	/* Groups of several services publish nothing; this is one service's list. */
	for (size_t m = 0; m < group->members.n; m++) {
		const struct stk_net_service *service = &s->net->services.v[group->members.v[m]];
		for (size_t k = 0; k < service->ports.n && stk_net_publishes(s->net, service); k++) {
			int exposure = stk_net_exposure(s->net, group->members.v[m], &service->ports.v[k]);
			worst = exposure > worst ? exposure : worst;
			stk_buf_add(&text, text.n ? S(", ") : S(""));
			stk_net_port_text(&text, &service->ports.v[k]);
		}
	}
	if (!text.n)
		return;
	stk_buf_printf(s->out, "<text x=\"%zu\" y=\"%zu\" class=\"port %s\">", lane_x(s->lanes - 1) + 24,
		       row_y(row) + 4,
		       worst == 2 ? "hot"
		       : worst	  ? "warm"
				  : "small");
	short_text(s->out, stk_buf_str(&text), 60);
	stk_buf_add(s->out, S("</text>\n"));
}

static void draw_row(struct sheet *s, size_t row)
{
	const struct stk_net_group *group = &s->groups.v[row];
	struct reach r = reach_of(s, group);
	stk_buf_printf(s->out, "<path d=\"M%d %zuH%zu\" class=\"row\"/>\n", MARGIN + CARD, row_y(row),
		       lane_x(s->lanes - 1) + 14);
	draw_card(s, group, row);
	if (r.low < r.high)
		stk_buf_printf(s->out, "<path d=\"M%zu %zuH%zu\" class=\"bar\"/>\n", lane_x(r.low), row_y(row),
			       lane_x(r.high));
	if (r.internet)
		draw_dot_at(s, 0, row, "class=\"dot hot\"");
	if (r.lan)
		draw_dot_at(s, 1, row, "class=\"dot warm\"");
	const struct stk_net_numbers *networks = networks_of(s, group);
	for (size_t i = 0; i < networks->n; i++) {
		STK_BUF attributes = stk_buf_new(64);
		uint32_t network = networks->v[i];
		stk_buf_printf(&attributes, "class=\"dot\" fill=\"%s\"%c", colours[network % STK_LEN(colours)], 0);
		if (network_lane(network) < s->lanes)
			draw_dot_at(s, network_lane(network), row, attributes.p);
	}
	draw_ports(s, group, row);
}

static void draw_foot(struct sheet *s)
{
	begin_text(s, MARGIN, s->height - 18, "small", "");
	stk_buf_add(s->out, S("Services that share a line reach each other on every port. Dots on the first two lines: "
			      "reached from outside. Dashed: internal."));
	if (s->rows < s->groups.n)
		stk_buf_printf(s->out, " %zu more rows are left out.", s->groups.n - s->rows);
	stk_buf_add(s->out, S("</text>\n"));
}

void stk_net_draw_svg(const struct stk_net *net, struct stk_buf *out)
{
	STK_ARENA arena = { 0 };
	struct sheet s = { .net = net, .out = out };
	stk_net_picture_groups(net, &arena, &s.groups);
	s.rows = s.groups.n < MOST_ROWS ? s.groups.n : MOST_ROWS;
	s.lanes = 2 + (net->networks.n < MOST_LANES ? net->networks.n : MOST_LANES);
	s.width = lane_x(s.lanes - 1) + 330;
	s.width = s.width < 860 ? 860 : s.width;
	s.height = MARGIN + TITLE + HEADING + s.rows * ROW + FOOT + 8;
	stk_buf_printf(out,
		       "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\" width=\"%zu\" height=\"%zu\" "
		       "role=\"img\">\n",
		       s.width, s.height, s.width, s.height);
	stk_buf_printf(out, "<title>Who reaches whom: %zu services on %zu networks</title>\n", net->services.n,
		       net->networks.n);
	stk_buf_add(out, stk_str_from(style));
	stk_buf_add(out, S("<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n"));
	begin_text(&s, MARGIN, MARGIN + 14, "title", "");
	stk_buf_printf(out, "%zu services on %zu networks</text>\n", net->services.n, net->networks.n);
	begin_text(&s, MARGIN, MARGIN + 32, "small", "");
	stk_buf_printf(out, "as Docker Engine %u.%u connects them</text>\n", net->engine.major, net->engine.minor);
	draw_lanes(&s);
	for (size_t row = 0; row < s.rows; row++)
		draw_row(&s, row);
	draw_foot(&s);
	stk_buf_add(out, S("</svg>\n"));
}
