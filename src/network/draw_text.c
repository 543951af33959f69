/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network on a terminal: see draw.h. Boxes are drawn to the width at hand; marks say what a
 * colour says too, for those who see none.
 */
#include "network/draw.h"

#include "base/limits.h"
#include "report/style.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { WIDEST_BOX = 100, CELL_GAP = 3 };

struct picture {
	const struct stk_net *net;
	const struct stk_render_options *how;
	struct stk_buf *out;
	struct stk_net_groups groups;
	size_t width;
};

static void plain(struct picture *p, const char *text)
{
	stk_buf_add(p->out, stk_str_from(text));
}

/* Of a text, since a line drawing character is three bytes. */
static void repeat(struct picture *p, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		plain(p, text);
}

static void styled(struct picture *p, enum stk_style style, struct stk_str text)
{
	stk_style_text(p->out, p->how, style, text);
}

static struct stk_str held(struct stk_arena *arena, const struct stk_buf *text)
{
	return stk_arena_str(arena, stk_buf_str(text));
}

/* "╭─ label ─────── bridge, internal ─╮"; the kind goes, and then the label is cut, where there is no room. */
static void box_top(struct picture *p, struct stk_str label, struct stk_str kind)
{
	size_t name = stk_utf8_width(label), note = kind.n ? stk_utf8_width(kind) + 2 : 0, frame = 6;
	if (name + note + frame > p->width)
		note = 0;
	name = name + frame > p->width ? p->width - frame : name;
	plain(p, "╭─ ");
	stk_style_cell(p->out, p->how, STK_STYLE_BOLD, label, name);
	plain(p, " ");
	repeat(p, "─", p->width - frame - name - note);
	if (note) {
		plain(p, " ");
		styled(p, STK_STYLE_DIM, kind);
		plain(p, " ");
	}
	plain(p, "─╮\n");
}

static void box_bottom(struct picture *p)
{
	plain(p, "╰");
	repeat(p, "─", p->width - 2);
	plain(p, "╯\n");
}

/* What stands in a box: the name, and a mark for what it is. */
struct entry {
	struct stk_str name, mark;
	enum stk_style style;
};
struct entries {
	struct entry *v;
	size_t n, cap;
};

/* Is some port of some member reached from outside the host? */
static bool group_is_exposed(const struct picture *p, const struct stk_net_group *group)
{
	for (size_t i = 0; i < group->members.n; i++) {
		uint32_t number = group->members.v[i];
		for (size_t k = 0; k < p->net->services.v[number].ports.n; k++)
			if (stk_net_exposure(p->net, number, &p->net->services.v[number].ports.v[k]))
				return true;
	}
	return false;
}

/* A group as it stands in a box. "⇄" marks who is on other networks as well, the ways from one to another. */
static struct entry entry_of(const struct picture *p, struct stk_arena *arena, const struct stk_net_group *group,
			     bool in_network)
{
	const struct stk_net_service *first = &p->net->services.v[group->members.v[0]];
	STK_BUF mark = stk_buf_new(STK_KIB(4));
	if (in_network && group->networks.n > 1)
		stk_buf_add(&mark, S(" ⇄"));
	if (first->kind_text && first->kind != STK_NET_PROXY)
		stk_buf_printf(&mark, " (%s)", first->kind_text);
	if (!in_network && first->mode != STK_NET_HOST && first->mode != STK_NET_NONE) {
		stk_buf_add(&mark, S(" in the "));
		stk_net_mode_text(&mark, p->net, first);
	}
	enum stk_style style = group_is_exposed(p, group)     ? STK_STYLE_MEDIUM
			       : first->kind == STK_NET_STORE ? STK_STYLE_ACCENT
							      : STK_STYLE_NONE;
	return (struct entry){ group->name, held(arena, &mark), style };
}

static void box_entries(struct picture *p, const struct entries *list)
{
	size_t widest = 1, room = p->width - 4;
	for (size_t i = 0; i < list->n; i++) {
		size_t width = stk_utf8_width(list->v[i].name) + stk_utf8_width(list->v[i].mark) + CELL_GAP;
		widest = width > widest ? width : widest;
	}
	widest = widest > room ? room : widest;
	/* All columns as wide as the widest entry, so that names stand below one another. */
	size_t columns = room / widest;
	for (size_t i = 0; i < list->n; i += columns) {
		plain(p, "│ ");
		size_t used = 0;
		for (size_t c = i; c < i + columns && c < list->n; c++, used += widest) {
			size_t name = stk_utf8_width(list->v[c].name);
			name = name < widest ? name : widest;
			stk_style_cell(p->out, p->how, list->v[c].style, list->v[c].name, name);
			stk_style_cell(p->out, p->how, STK_STYLE_DIM, list->v[c].mark, widest - name);
		}
		stk_buf_repeat(p->out, ' ', room - used);
		plain(p, " │\n");
	}
}

static bool group_on(const struct stk_net_group *group, uint32_t network)
{
	for (size_t i = 0; i < group->networks.n; i++)
		if (group->networks.v[i] == network)
			return true;
	return false;
}

static void draw_box(struct picture *p, struct stk_str label, struct stk_str kind, const struct entries *list)
{
	if (!list->n)
		return;
	box_top(p, label, kind);
	box_entries(p, list);
	box_bottom(p);
}

static void draw_networks(struct picture *p, struct stk_arena *arena)
{
	for (uint32_t i = 0; i < p->net->networks.n; i++) {
		struct entries list = { 0 };
		STK_BUF kind = stk_buf_new(STK_KIB(1));
		for (size_t g = 0; g < p->groups.n; g++)
			if (group_on(&p->groups.v[g], i) && p->groups.v[g].mode == STK_NET_ATTACHED)
				*STK_PUSH(arena, &list) = entry_of(p, arena, &p->groups.v[g], true);
		stk_net_network_text(&kind, &p->net->networks.v[i]);
		draw_box(p, p->net->networks.v[i].label, stk_buf_str(&kind), &list);
	}
}

/* Services without a network of their own get a box for each way of having none. */
static void draw_modes(struct picture *p, struct stk_arena *arena)
{
	static const struct {
		const char *label;
		bool modes[STK_NET_FOREIGN + 1];
	} boxes[] = {
		{ "the host's network", { [STK_NET_HOST] = true } },
		{ "another service's network", { [STK_NET_SHARED] = true, [STK_NET_FOREIGN] = true } },
		{ "no network", { [STK_NET_NONE] = true } },
	};
	for (size_t b = 0; b < STK_LEN(boxes); b++) {
		struct entries list = { 0 };
		for (size_t g = 0; g < p->groups.n; g++)
			if (boxes[b].modes[p->groups.v[g].mode])
				*STK_PUSH(arena, &list) = entry_of(p, arena, &p->groups.v[g], false);
		draw_box(p, stk_str_from(boxes[b].label), S(""), &list);
	}
}

static void draw_port(struct picture *p, const struct stk_net_service *service, const struct stk_net_port *port,
		      int exposure, size_t name_width)
{
	static const char *const who[] = { "host only", "LAN", "internet" };
	static const enum stk_style styles[] = { STK_STYLE_DIM, STK_STYLE_LOW, STK_STYLE_MEDIUM };
	STK_BUF text = stk_buf_new(STK_KIB(4));
	plain(p, "  ");
	stk_style_cell(p->out, p->how, styles[exposure], stk_str_from(who[exposure]), 10);
	plain(p, "──▶ ");
	stk_style_cell(p->out, p->how, STK_STYLE_BOLD, service->name, name_width);
	stk_net_port_text(&text, port);
	plain(p, "  ");
	styled(p, STK_STYLE_NONE, stk_buf_str(&text));
	if (service->kind_text && service->kind != STK_NET_PROXY) {
		plain(p, "  ");
		styled(p, STK_STYLE_DIM, stk_str_from(service->kind_text));
	}
	plain(p, "\n");
}

/* Above the boxes, who outside reaches what; names in a column of 30 at the most. */
static void draw_published(struct picture *p)
{
	size_t widest = 8;
	for (size_t i = 0; i < p->net->published.n; i++) {
		size_t width = stk_utf8_width(p->net->services.v[p->net->published.v[i]].name);
		widest = width > widest ? width : widest;
	}
	widest = widest > 30 ? 30 : widest;
	/* What the internet reaches comes first. */
	for (int exposure = 2; exposure >= 0; exposure--)
		for (size_t i = 0; i < p->net->published.n; i++) {
			const struct stk_net_service *service = &p->net->services.v[p->net->published.v[i]];
			for (size_t k = 0; k < service->ports.n; k++)
				if (stk_net_exposure(p->net, p->net->published.v[i], &service->ports.v[k]) == exposure)
					draw_port(p, service, &service->ports.v[k], exposure, widest);
		}
	if (p->net->published.n)
		plain(p, "\n");
}

void stk_net_draw_text(const struct stk_net *net, const struct stk_render_options *options, struct stk_buf *out)
{
	STK_ARENA arena = { 0 };
	struct picture p = { .net = net,
			     .how = options,
			     .out = out,
			     .width = options->width < WIDEST_BOX ? options->width : WIDEST_BOX };
	stk_net_picture_groups(net, &arena, &p.groups);
	draw_published(&p);
	draw_networks(&p, &arena);
	draw_modes(&p, &arena);
	plain(&p, "\n");
	stk_net_draw_matrix(net, &p.groups, options, out);
}
