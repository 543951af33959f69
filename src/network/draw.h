/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pictures of a network model. All are made from the same rows: services (or groups, when there
 * are many), networks, outsiders. Names come from files and engines: each renderer escapes for
 * its own language.
 */

#include "network/group.h"
#include "network/route.h"
#include "report/format.h"

/* For the terminal: networks as boxes with the services on them, what is published, and the matrix of who reaches whom.
 */
void stk_net_draw_text(const struct stk_net *net, const struct stk_render_options *options, struct stk_buf *out);
/* The matrix alone. */
void stk_net_draw_matrix(const struct stk_net *net, const struct stk_net_groups *groups,
			 const struct stk_render_options *options, struct stk_buf *out);
/* Graphviz. */
void stk_net_draw_dot(const struct stk_net *net, struct stk_buf *out);
/* Mermaid flowchart. */
void stk_net_draw_mermaid(const struct stk_net *net, struct stk_buf *out);
/* A self-contained SVG document, in the reader's light or dark colours: a column a network, a row a service, a dot
 * where it stands. */
void stk_net_draw_svg(const struct stk_net *net, struct stk_buf *out);
/* JSON: networks, services, groups and who reaches whom. With a report, its findings too. */
struct stk_report;
void stk_net_draw_json(const struct stk_net *net, const struct stk_report *report, struct stk_buf *out);

/* Shared by the renderers. */

enum { STK_NET_PICTURE_SERVICES = 60 }; /* beyond, services that stand alike become one row */

/* The groups a picture shows: single services while there are few. */
void stk_net_picture_groups(const struct stk_net *net, struct stk_arena *arena, struct stk_net_groups *out);
/* "bridge, internal, IPv6" */
void stk_net_network_text(struct stk_buf *out, const struct stk_net_network *network);
/* Does the outside reach this port? 2: the internet, 1: the LAN, 0: nobody. */
int stk_net_exposure(const struct stk_net *net, uint32_t service, const struct stk_net_port *port);
/* "host network", "no network", "network of web"; empty for what is attached to networks. */
void stk_net_mode_text(struct stk_buf *out, const struct stk_net *net, const struct stk_net_service *service);
