/* SPDX-License-Identifier: Apache-2.0 */
/* Graphviz and Mermaid: networks and services as nodes, an edge where a service stands on a network, arrows for
 * published ports. */
#include "network/draw.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

/* Quoted for DOT: nothing but quotes and backslashes is special between quotes. */
static void dot_text(struct stk_buf *out, struct stk_str text)
{
	STK_BUF printable = stk_buf_new(STK_MIB(1));
	stk_utf8_printable(&printable, text);
	for (size_t i = 0; i < printable.n; i++) {
		if (printable.p[i] == '"' || printable.p[i] == '\\')
			stk_buf_byte(out, '\\');
		stk_buf_byte(out, printable.p[i]);
	}
}

static const char *dot_shape(enum stk_net_kind kind)
{
	return kind == STK_NET_STORE ? "cylinder" : kind == STK_NET_PROXY ? "cds" : "box";
}

/* Is there a port that the LAN reaches and the internet does not? Where it reaches both, one arrow is enough. */
static bool lan_alone(const struct stk_net *net)
{
	for (size_t i = 0; i < net->published.n; i++) {
		const struct stk_net_service *service = &net->services.v[net->published.v[i]];
		for (size_t k = 0; k < service->ports.n; k++)
			if (stk_net_exposure(net, net->published.v[i], &service->ports.v[k]) == 1)
				return true;
	}
	return false;
}

static void dot_service(const struct stk_net *net, struct stk_buf *out, const struct stk_net_group *group,
			size_t number)
{
	const struct stk_net_service *first = &net->services.v[group->members.v[0]];
	STK_BUF mode = stk_buf_new(STK_KIB(4));
	stk_net_mode_text(&mode, net, first);
	stk_buf_printf(out, "  s%zu [shape=%s, label=\"", number, dot_shape(first->kind));
	dot_text(out, group->name);
	if (first->kind_text) {
		stk_buf_add(out, S("\\n"));
		dot_text(out, stk_str_from(first->kind_text));
	}
	if (mode.n) {
		stk_buf_add(out, S("\\n"));
		dot_text(out, stk_buf_str(&mode));
	}
	stk_buf_add(out, S("\"];\n"));
}

static void dot_edges(const struct stk_net *net, struct stk_buf *out, const struct stk_net_groups *groups, size_t g)
{
	const struct stk_net_group *group = &groups->v[g];
	for (size_t i = 0; i < group->networks.n && group->mode == STK_NET_ATTACHED; i++)
		stk_buf_printf(out, "  n%u -> s%zu [dir=none, color=\"#7c8797\"];\n", group->networks.v[i], g);
	for (size_t m = 0; m < group->members.n; m++) {
		const struct stk_net_service *service = &net->services.v[group->members.v[m]];
		for (size_t k = 0; k < service->ports.n; k++) {
			int exposure = stk_net_exposure(net, group->members.v[m], &service->ports.v[k]);
			if (!exposure)
				continue;
			stk_buf_printf(out, "  %s -> s%zu [color=\"#c2410c\", fontcolor=\"#c2410c\", label=\"",
				       exposure == 2 ? "internet" : "lan", g);
			STK_BUF text = stk_buf_new(STK_KIB(4));
			stk_net_port_text(&text, &service->ports.v[k]);
			dot_text(out, stk_buf_str(&text));
			stk_buf_add(out, S("\"];\n"));
		}
	}
	const struct stk_net_service *first = &net->services.v[group->members.v[0]];
	if (first->mode == STK_NET_SHARED)
		stk_buf_printf(out, "  s%u -> s%zu [dir=none, style=dotted];\n", groups->of[first->home], g);
	if (first->mode == STK_NET_HOST)
		stk_buf_printf(out, "  internet -> s%zu [color=\"#c2410c\", style=dashed];\n", g);
}

void stk_net_draw_dot(const struct stk_net *net, struct stk_buf *out)
{
	STK_ARENA arena = { 0 };
	struct stk_net_groups groups = { 0 };
	stk_net_picture_groups(net, &arena, &groups);
	stk_buf_add(out,
		    S("digraph network {\n  rankdir=LR;\n  graph [fontname=\"Helvetica\", nodesep=0.3, ranksep=0.8];\n"
		      "  node [fontname=\"Helvetica\", fontsize=11];\n  edge [fontname=\"Helvetica\", fontsize=9];\n"
		      "  internet [shape=ellipse, style=filled, fillcolor=\"#fee2d5\", color=\"#c2410c\"];\n"));
	if (lan_alone(net))
		stk_buf_add(out, S("  lan [shape=ellipse, label=\"LAN\", style=filled, fillcolor=\"#fef3c7\", "
				   "color=\"#b45309\"];\n"));
	for (size_t i = 0; i < net->networks.n; i++) {
		STK_BUF kind = stk_buf_new(STK_KIB(1));
		stk_net_network_text(&kind, &net->networks.v[i]);
		stk_buf_printf(out,
			       "  n%zu [shape=box, style=\"rounded,filled%s\", fillcolor=\"#e0ecff\", "
			       "color=\"#1d4ed8\", label=\"",
			       i, net->networks.v[i].internal ? ",dashed" : "");
		dot_text(out, net->networks.v[i].label);
		stk_buf_printf(out, "\\n" STK_FMT "\"];\n", STK_ARG(stk_buf_str(&kind)));
	}
	for (size_t g = 0; g < groups.n; g++)
		dot_service(net, out, &groups.v[g], g);
	for (size_t g = 0; g < groups.n; g++)
		dot_edges(net, out, &groups, g);
	stk_buf_add(out, S("}\n"));
}

/* Mermaid's quoted text: entities for what would end it or be read as markup. */
static void mermaid_text(struct stk_buf *out, struct stk_str text)
{
	STK_BUF printable = stk_buf_new(STK_MIB(1));
	stk_utf8_printable(&printable, text);
	for (size_t i = 0; i < printable.n; i++) {
		unsigned char c = (unsigned char)printable.p[i];
		if (c == '"' || c == '<' || c == '>' || c == '#' || c == '&' || c == '`')
			stk_buf_printf(out, "#%u;", c);
		else
			stk_buf_byte(out, (char)c);
	}
}

static void mermaid_service(const struct stk_net *net, struct stk_buf *out, const struct stk_net_group *group,
			    size_t number)
{
	const struct stk_net_service *first = &net->services.v[group->members.v[0]];
	bool store = first->kind == STK_NET_STORE;
	STK_BUF mode = stk_buf_new(STK_KIB(4));
	stk_net_mode_text(&mode, net, first);
	stk_buf_printf(out, "  s%zu%s\"", number, store ? "[(" : "[");
	mermaid_text(out, group->name);
	if (first->kind_text) {
		stk_buf_add(out, S("<br/>"));
		mermaid_text(out, stk_str_from(first->kind_text));
	}
	if (mode.n) {
		stk_buf_add(out, S("<br/>"));
		mermaid_text(out, stk_buf_str(&mode));
	}
	stk_buf_printf(out, "\"%s\n", store ? ")]" : "]");
}

static void mermaid_edges(const struct stk_net *net, struct stk_buf *out, const struct stk_net_groups *groups, size_t g)
{
	const struct stk_net_group *group = &groups->v[g];
	for (size_t i = 0; i < group->networks.n && group->mode == STK_NET_ATTACHED; i++)
		stk_buf_printf(out, "  n%u --- s%zu\n", group->networks.v[i], g);
	for (size_t m = 0; m < group->members.n; m++) {
		const struct stk_net_service *service = &net->services.v[group->members.v[m]];
		for (size_t k = 0; k < service->ports.n; k++) {
			int exposure = stk_net_exposure(net, group->members.v[m], &service->ports.v[k]);
			if (!exposure)
				continue;
			STK_BUF text = stk_buf_new(STK_KIB(4));
			stk_net_port_text(&text, &service->ports.v[k]);
			stk_buf_printf(out, "  %s -->|\"", exposure == 2 ? "internet" : "lan");
			mermaid_text(out, stk_buf_str(&text));
			stk_buf_printf(out, "\"| s%zu\n", g);
		}
	}
	const struct stk_net_service *first = &net->services.v[group->members.v[0]];
	if (first->mode == STK_NET_SHARED)
		stk_buf_printf(out, "  s%u -.- s%zu\n", groups->of[first->home], g);
	if (first->mode == STK_NET_HOST)
		stk_buf_printf(out, "  internet -.-> s%zu\n", g);
}

void stk_net_draw_mermaid(const struct stk_net *net, struct stk_buf *out)
{
	STK_ARENA arena = { 0 };
	struct stk_net_groups groups = { 0 };
	stk_net_picture_groups(net, &arena, &groups);
	bool lan = lan_alone(net);
	stk_buf_add(out, S("flowchart LR\n  internet((internet))\n"));
	if (lan)
		stk_buf_add(out, S("  lan((LAN))\n"));
	for (size_t i = 0; i < net->networks.n; i++) {
		STK_BUF kind = stk_buf_new(STK_KIB(1));
		stk_net_network_text(&kind, &net->networks.v[i]);
		stk_buf_printf(out, "  n%zu([\"", i);
		mermaid_text(out, net->networks.v[i].label);
		stk_buf_printf(out, "<br/>" STK_FMT "\"])\n", STK_ARG(stk_buf_str(&kind)));
	}
	for (size_t g = 0; g < groups.n; g++)
		mermaid_service(net, out, &groups.v[g], g);
	for (size_t g = 0; g < groups.n; g++)
		mermaid_edges(net, out, &groups, g);
	stk_buf_add(out, S("  classDef outside fill:#fee2d5,stroke:#c2410c,color:#7c2d12\n  classDef network "
			   "fill:#e0ecff,stroke:#1d4ed8,color:#1e3a8a\n"
			   "  class internet"));
	stk_buf_add(out, lan ? S(",lan outside\n") : S(" outside\n"));
	for (size_t i = 0; i < net->networks.n; i++)
		stk_buf_printf(out, "%s%s%zu%s", i ? "," : "  class ", "n", i,
			       i + 1 == net->networks.n ? " network\n" : "");
}
