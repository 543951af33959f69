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
	CARD_HEIGHT = 34,
	LANE = 74,
	FOOT = 62,
	MOST_ROWS = 400,
	MOST_LANES = 60,
	LEAST_NAME = 22,
	MOST_NAME = 44,
	LABEL_CHARACTERS = 18,
	MOST_PORTS = 60,
	/* Widths of a character in pixels, on the safe side for the widest of the fonts. */
	NAME_CHARACTER = 9,
	PORT_CHARACTER = 7,
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
	size_t name; /* characters of the longest name that are shown */
	size_t card; /* width of the boxes with the names */
};

static size_t lane_x(const struct sheet *s, size_t lane)
{
	return MARGIN + s->card + 46 + lane * LANE + LANE / 2;
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

/* Where the given number of characters ends. */
static size_t characters_end(struct stk_str text, size_t count)
{
	size_t n = 0;
	while (n < text.n && count--) {
		uint32_t c;
		size_t length = stk_utf8_decode(stk_str_slice(text, n, text.n), &c);
		n += length ? length : 1;
	}
	return n;
}

static size_t count_characters(struct stk_str text)
{
	size_t count = 0;
	while (text.n) {
		text = stk_str_slice(text, characters_end(text, 1), text.n);
		count++;
	}
	return count;
}

/* A text with an ellipsis where it is cut, before its last `tail` characters: names of one project often begin alike,
 * and end differently. */
static void short_text(struct stk_buf *out, struct stk_str text, size_t most, size_t tail)
{
	size_t count = count_characters(text);
	if (count <= most) {
		stk_markup_text(out, text);
		return;
	}
	size_t head = most - 1 - tail;
	stk_markup_text(out, stk_str_slice(text, 0, characters_end(text, head)));
	stk_buf_add(out, S("…"));
	stk_markup_text(out, stk_str_slice(text, characters_end(text, count - tail), text.n));
}

static void begin_text(struct sheet *s, size_t x, size_t y, const char *class, const char *more)
{
	stk_buf_printf(s->out, "<text x=\"%zu\" y=\"%zu\" class=\"%s\"%s>", x, y, class, more);
}

static void draw_lane(struct sheet *s, size_t lane, struct stk_str label, struct stk_str kind, const char *attributes,
		      const char *class)
{
	size_t x = lane_x(s, lane), top = MARGIN + TITLE + HEADING - 10;
	stk_buf_printf(s->out, "<path d=\"M%zu %zuV%zu\" class=\"lane %s\" %s><title>", x, top, s->height - FOOT, class,
		       attributes);
	stk_markup_text(s->out, label);
	stk_buf_add(s->out, S(" ("));
	stk_markup_text(s->out, kind);
	stk_buf_printf(s->out,
		       ")</title></path>\n<g transform=\"translate(%zu %zu) rotate(-38)\"><text class=\"label\">",
		       x - 2, top - 6);
	short_text(s->out, label, LABEL_CHARACTERS, LABEL_CHARACTERS / 3);
	stk_buf_add(s->out, S("</text><text class=\"small\" y=\"13\">"));
	short_text(s->out, kind, LABEL_CHARACTERS + 4, 0);
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
	stk_buf_printf(s->out, "<rect x=\"%d\" y=\"%zu\" width=\"%zu\" height=\"%d\" rx=\"7\" class=\"%s\"><title>",
		       MARGIN, y, s->card, CARD_HEIGHT, first->kind == STK_NET_STORE ? "store" : "card");
	stk_markup_text(s->out, group->name);
	stk_buf_add(s->out, S("</title></rect>\n"));
	begin_text(s, MARGIN + 12, y + 15, "label", "");
	short_text(s->out, group->name, s->name, s->name / 3);
	stk_buf_add(s->out, S("</text>"));
	begin_text(s, MARGIN + 12, y + 28, "small", "");
	short_text(s->out, stk_buf_str(&note), s->name + 10, 0);
	stk_buf_add(s->out, S("</text>\n"));
}

static void draw_dot_at(struct sheet *s, size_t lane, size_t row, const char *attributes)
{
	stk_buf_printf(s->out, "<circle cx=\"%zu\" cy=\"%zu\" r=\"7\" %s/>\n", lane_x(s, lane), row_y(row), attributes);
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

/* What a row publishes; 2 when the internet reaches any of it, 1 for the LAN. */
static int ports_of(const struct sheet *s, const struct stk_net_group *group, struct stk_buf *out)
{
	int worst = 0;
	/* Groups of several services publish nothing; this is one service's list. */
	for (size_t m = 0; m < group->members.n; m++) {
		const struct stk_net_service *service = &s->net->services.v[group->members.v[m]];
		for (size_t k = 0; k < service->ports.n && stk_net_publishes(service); k++) {
			int exposure = stk_net_exposure(s->net, group->members.v[m], &service->ports.v[k]);
			worst = exposure > worst ? exposure : worst;
			stk_buf_add(out, out->n ? S(", ") : S(""));
			stk_net_port_text(out, &service->ports.v[k]);
		}
	}
	return worst;
}

static void draw_ports(struct sheet *s, const struct stk_net_group *group, size_t row)
{
	static const char *const classes[] = { "small", "warm", "hot" };
	STK_BUF text = stk_buf_new(STK_KIB(64));
	int worst = ports_of(s, group, &text);
	if (!text.n)
		return;
	stk_buf_printf(s->out, "<text x=\"%zu\" y=\"%zu\" class=\"port %s\"><title>", lane_x(s, s->lanes - 1) + 24,
		       row_y(row) + 4, classes[worst]);
	stk_markup_text(s->out, stk_buf_str(&text));
	stk_buf_add(s->out, S("</title>"));
	short_text(s->out, stk_buf_str(&text), MOST_PORTS, 0);
	stk_buf_add(s->out, S("</text>\n"));
}

static void draw_row(struct sheet *s, size_t row)
{
	const struct stk_net_group *group = &s->groups.v[row];
	struct reach r = reach_of(s, group);
	stk_buf_printf(s->out, "<path d=\"M%zu %zuH%zu\" class=\"row\"/>\n", MARGIN + s->card, row_y(row),
		       lane_x(s, s->lanes - 1) + 14);
	draw_card(s, group, row);
	if (r.low < r.high)
		stk_buf_printf(s->out, "<path d=\"M%zu %zuH%zu\" class=\"bar\"/>\n", lane_x(s, r.low), row_y(row),
			       lane_x(s, r.high));
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

static bool any_without_icc(const struct stk_net *net)
{
	for (size_t i = 0; i < net->networks.n; i++)
		if (net->networks.v[i].no_icc)
			return true;
	return false;
}

static void draw_foot(struct sheet *s)
{
	begin_text(s, MARGIN, s->height - 34, "small", "");
	stk_buf_add(s->out, S("Services that share a line reach each other on every port. Dots on the first two lines: "
			      "reached from outside. Dashed: internal.</text>\n"));
	STK_BUF more = stk_buf_new(STK_KIB(1));
	if (any_without_icc(s->net))
		stk_buf_add(&more, S("On lines marked \"icc off\" only published ports are reached. "));
	if (s->rows < s->groups.n)
		stk_buf_printf(&more, "%zu more rows are left out. ", s->groups.n - s->rows);
	if (s->lanes < s->net->networks.n + 2)
		stk_buf_printf(&more, "%zu more networks are left out.", s->net->networks.n + 2 - s->lanes);
	if (!more.n)
		return;
	begin_text(s, MARGIN, s->height - 18, "small", "");
	stk_markup_text(s->out, stk_str_trim(stk_buf_str(&more)));
	stk_buf_add(s->out, S("</text>\n"));
}

static void put_count(struct sheet *s)
{
	stk_buf_printf(s->out, "%zu service%s on %zu network%s", s->net->services.n, s->net->services.n == 1 ? "" : "s",
		       s->net->networks.n, s->net->networks.n == 1 ? "" : "s");
}

static void list_names(struct sheet *s, struct stk_str before, const struct stk_net_numbers *services)
{
	if (!services->n)
		return;
	stk_markup_text(s->out, before);
	for (size_t i = 0; i < services->n; i++) {
		stk_buf_add(s->out, i ? S(", ") : S(": "));
		stk_markup_text(s->out, s->net->services.v[services->v[i]].name);
	}
	stk_buf_add(s->out, S(". "));
}

/* The picture in words, for those who hear it: who is reached from outside, and who stands on each network. */
static void describe(struct sheet *s, struct stk_arena *arena)
{
	struct stk_net_numbers outside = { 0 };
	struct stk_net_route route;
	for (uint32_t i = 0; i < s->net->services.n; i++)
		if (stk_net_connects(s->net, STK_NET_FROM_INTERNET, (int32_t)i, 0, STK_NET_TCP, &route))
			*STK_PUSH(arena, &outside) = i;
	stk_buf_add(s->out, S("<desc id=\"strake-network-text\">"));
	list_names(s, S("Reached from the internet"), &outside);
	for (size_t i = 0; i < s->net->networks.n; i++)
		list_names(s,
			   stk_arena_printf(arena, "On %snetwork " STK_FMT,
					    s->net->networks.v[i].internal ? "internal " : "",
					    STK_ARG(s->net->networks.v[i].label)),
			   &s->net->networks.v[i].members);
	stk_buf_add(s->out, S("</desc>\n"));
}

static void measure(struct sheet *s)
{
	size_t ports = 0;
	s->rows = s->groups.n < MOST_ROWS ? s->groups.n : MOST_ROWS;
	s->lanes = 2 + (s->net->networks.n < MOST_LANES ? s->net->networks.n : MOST_LANES);
	s->name = LEAST_NAME;
	for (size_t row = 0; row < s->rows; row++) {
		STK_BUF text = stk_buf_new(STK_KIB(64));
		size_t name = count_characters(s->groups.v[row].name);
		ports_of(s, &s->groups.v[row], &text);
		size_t count = count_characters(stk_buf_str(&text));
		s->name = name > s->name ? name : s->name;
		ports = count > ports ? count : ports;
	}
	s->name = s->name > MOST_NAME ? MOST_NAME : s->name;
	s->card = 32 + s->name * NAME_CHARACTER;
	ports = (ports > MOST_PORTS ? MOST_PORTS : ports) * PORT_CHARACTER + 24;
	/* The last line's slanting label needs room as well. */
	s->width = lane_x(s, s->lanes - 1) + MARGIN + (ports > 180 ? ports : 180);
	s->width = s->width < 860 ? 860 : s->width;
	s->height = MARGIN + TITLE + HEADING + s->rows * ROW + FOOT + 8;
}

void stk_net_draw_svg(const struct stk_net *net, struct stk_buf *out)
{
	STK_ARENA arena = { 0 };
	struct sheet s = { .net = net, .out = out };
	stk_net_picture_groups(net, &arena, &s.groups);
	measure(&s);
	stk_buf_printf(out,
		       "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\" width=\"%zu\" height=\"%zu\" "
		       "role=\"img\" aria-labelledby=\"strake-network-title strake-network-text\">\n"
		       "<title id=\"strake-network-title\">Who reaches whom: ",
		       s.width, s.height, s.width, s.height);
	put_count(&s);
	stk_buf_add(out, S("</title>\n"));
	describe(&s, &arena);
	stk_buf_add(out, stk_str_from(style));
	stk_buf_add(out, S("<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n"));
	begin_text(&s, MARGIN, MARGIN + 14, "title", "");
	put_count(&s);
	stk_buf_add(out, S("</text>\n"));
	begin_text(&s, MARGIN, MARGIN + 32, "small", "");
	stk_buf_printf(out, "as Docker Engine %u.%u connects them</text>\n", net->engine.major, net->engine.minor);
	draw_lanes(&s);
	for (size_t row = 0; row < s.rows; row++)
		draw_row(&s, row);
	draw_foot(&s);
	stk_buf_add(out, S("</svg>\n"));
}
