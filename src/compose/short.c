/* SPDX-License-Identifier: Apache-2.0 */
/* The short forms of ports ([[IP:][HOST]:]CONTAINER[/PROTOCOL]) and volumes ([SOURCE:]TARGET[:OPTIONS]), durations and
 * sizes. */
#include <arpa/inet.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compose/loader.h"
#include "text/utf8.h"
#include "base/banned.h"

typedef struct stk_compose_node node;

static void put(struct stk_compose_loader *l, node *map, const char *key, node *value)
{
	stk_compose_set(l->arena, map, stk_str_from(key), value->place, value);
}

static void put_str(struct stk_compose_loader *l, node *map, const char *key, struct stk_str text)
{
	if (text.n)
		put(l, map, key, stk_compose_new_str(l->arena, text, map->place));
}

static void put_true(struct stk_compose_loader *l, node *map, const char *key)
{
	put(l, map, key, stk_compose_new_bool(l->arena, true, map->place));
}

static node *like(struct stk_compose_loader *l, const node *item)
{
	node *map = stk_compose_new(l->arena, STK_COMPOSE_MAP, item->place);
	map->variable = item->variable;
	map->shared = item->shared;
	map->raw = item->raw;
	map->text = item->text;
	return map;
}

/* Parts of a volume: split at colons, but not inside of ${…} and not behind a single letter that a part starts with (a
 * Windows drive). */
static size_t split_volume(struct stk_str spec, struct stk_str *parts, size_t most, bool *too_many)
{
	size_t n = 0, begin = 0, nested = 0;
	*too_many = false;
	for (size_t i = 0; i <= spec.n; i++) {
		char c = i < spec.n ? spec.p[i] : 0;
		if (c == '$' && i + 1 < spec.n && spec.p[i + 1] == '{')
			nested++;
		else if (c == '}' && nested)
			nested--;
		uint32_t rune;
		bool drive = c == ':' && i > begin &&
			     stk_utf8_decode(stk_str_slice(spec, begin, i), &rune) == i - begin &&
			     (stk_is_alpha(spec.p[begin]) || rune >= 0x80);
		if ((c != ':' && i < spec.n) || nested || drive)
			continue;
		if (n == most) {
			*too_many = true;
			return n;
		}
		parts[n++] = stk_str_slice(spec, begin, i);
		begin = i + 1;
	}
	return n;
}

/* By its first bytes only: what has a slash further in is a volume's name, as for compose-go. */
static bool is_file_path(struct stk_str source)
{
	if (!source.n)
		return false;
	if (memchr("./~", source.p[0], 3) || stk_str_starts(source, S("\\\\")))
		return true;
	return source.n > 1 && stk_is_alpha(source.p[0]) && source.p[1] == ':';
}

/* Options that are not known are ignored, as Compose does. */
static void put_volume_options(struct stk_compose_loader *l, struct stk_str options, node *volume, node *bind,
			       node *named)
{
	bool read_only = false;
	for (struct stk_str rest = options; rest.n;) {
		struct stk_str option = stk_str_cut(&rest, ',');
		if (stk_is_one_of(option, "ro rw"))
			read_only = stk_str_is(option, "ro");
		else if (stk_str_is(option, "nocopy"))
			put_true(l, named, "nocopy");
		else if (stk_is_one_of(option, "rprivate private rshared shared rslave slave"))
			put_str(l, bind, "propagation", option);
		else if (stk_is_one_of(option, "z Z"))
			put_str(l, bind, "selinux", option);
	}
	if (read_only)
		put_true(l, volume, "read_only");
}

int stk_compose_parse_volume(struct stk_compose_loader *l, const node *item, node **out)
{
	struct stk_str spec = item->text, parts[3] = { 0 };
	node *volume = *out = like(l, item), *bind = like(l, item), *named = like(l, item);
	bool too_many = false;
	if (!spec.n)
		return stk_compose_fail(l->err, item->place, "invalid empty volume spec");
	/* compose-go's rule: two bytes are a target, whatever they say. */
	if (spec.n <= 2) {
		put_str(l, volume, "type", S("volume"));
		put_str(l, volume, "target", spec);
		return 0;
	}
	size_t n = split_volume(spec, parts, STK_LEN(parts), &too_many);
	for (size_t i = 0; i < n; i++)
		if (!parts[i].n)
			return stk_compose_fail(l->err, item->place,
						"invalid spec: " STK_FMT ": empty section between colons",
						STK_ARG(spec));
	if (too_many)
		return stk_compose_fail(l->err, item->place, "invalid spec: " STK_FMT ": too many colons",
					STK_ARG(spec));
	struct stk_str source = n > 1 ? parts[0] : S(""), target = n > 1 ? parts[1] : parts[0];
	/* What looks like a path is bound; everything else names a volume. */
	bool is_bind = is_file_path(source);
	put_str(l, volume, "type", is_bind ? S("bind") : S("volume"));
	put_str(l, volume, "source", source);
	put_str(l, volume, "target", target);
	put_volume_options(l, n > 2 ? parts[2] : S(""), volume, bind, named);
	if (is_bind)
		/* Only the short form creates a folder that is missing. */
		put_true(l, bind, "create_host_path");
	if (is_bind || bind->n)
		put(l, volume, "bind", bind);
	if (!is_bind || named->n)
		put(l, volume, "volume", named);
	return 0;
}

bool stk_compose_is_ip(struct stk_str text)
{
	char copy[INET6_ADDRSTRLEN + 1];
	unsigned char address[16];
	if (!text.n || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}

static bool read_range(struct stk_str text, uint64_t *first, uint64_t *last)
{
	size_t dash = stk_str_find_byte(text, '-');
	struct stk_str from = stk_str_slice(text, 0, dash), to = from;
	if (dash != SIZE_MAX) {
		struct stk_str rest = stk_str_slice(text, dash + 1, text.n);
		to = stk_str_cut(&rest, '-');
	}
	return stk_str_u64(from, 10, first) && stk_str_u64(to, 10, last) && *first <= *last && *last <= 65535;
}

struct port {
	struct stk_str ip, host, container, protocol;
	uint64_t first, last, host_first, host_last;
};

static int refuse_port(struct stk_compose_loader *l, const node *item, const char *what, struct stk_str text)
{
	return stk_compose_fail(l->err, item->place, "invalid %s \"" STK_FMT "\" in port \"" STK_FMT "\"", what,
				STK_ARG(text), STK_ARG(stk_compose_text(l->arena, item)));
}

/* From the right, since an address of IPv6 holds colons as well. */
static void split_port(struct stk_str spec, struct port *port)
{
	size_t last = stk_str_rfind_byte(spec, ':');
	port->container = last == SIZE_MAX ? spec : stk_str_slice(spec, last + 1, spec.n);
	struct stk_str before = last == SIZE_MAX ? S("") : stk_str_slice(spec, 0, last);
	size_t middle = stk_str_rfind_byte(before, ':');
	port->host = middle == SIZE_MAX ? before : stk_str_slice(before, middle + 1, before.n);
	port->ip = middle == SIZE_MAX ? S("") : stk_str_slice(before, 0, middle);
}

static int read_port(struct stk_compose_loader *l, const node *item, struct stk_str spec, struct port *port)
{
	split_port(spec, port);
	struct stk_str rest = port->container;
	port->container = stk_str_cut(&rest, '/');
	port->protocol = stk_arena_lower(l->arena, stk_str_cut(&rest, '/'));
	if (!port->container.n)
		return refuse_port(l, item, "container port", port->container);
	if (!port->protocol.n)
		port->protocol = S("tcp");
	if (!stk_is_one_of(port->protocol, "tcp udp sctp"))
		return refuse_port(l, item, "protocol", port->protocol);
	if (port->ip.n) {
		struct stk_str ip = port->ip;
		bool bracketed = ip.n > 2 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']';
		port->ip = bracketed ? stk_str_slice(ip, 1, ip.n - 1) : ip;
		/* Without brackets, an IPv6 address cannot be told from the ports behind it. */
		if ((!bracketed && stk_str_find_byte(ip, ':') != SIZE_MAX) || !stk_compose_is_ip(port->ip))
			return refuse_port(l, item, "IP address", ip);
	}
	if (!read_range(port->container, &port->first, &port->last))
		return refuse_port(l, item, "container port", port->container);
	if (port->host.n && !read_range(port->host, &port->host_first, &port->host_last))
		return refuse_port(l, item, "host port", port->host);
	/* A range of host ports for one port of the container is allowed: the engine takes a
	   free one. */
	if (port->host.n && port->last != port->first && port->last - port->first != port->host_last - port->host_first)
		return refuse_port(l, item, "ranges of different length", port->host);
	return 0;
}

/* A range of host ports for one port stays a range; two ranges of one length go side by side. */
static void put_port(struct stk_compose_loader *l, const node *item, const struct port *port, uint64_t number,
		     node *list)
{
	node *map = like(l, item);
	struct stk_str published = S("");
	if (port->host.n && port->first == port->last && port->host_first != port->host_last)
		published = stk_arena_printf(l->arena, "%u-%u", (unsigned)port->host_first, (unsigned)port->host_last);
	else if (port->host.n)
		published = stk_arena_printf(l->arena, "%u", (unsigned)(port->host_first + number - port->first));
	put_str(l, map, "mode", S("ingress"));
	put_str(l, map, "host_ip", port->ip);
	if (number)
		put(l, map, "target", stk_compose_new_int(l->arena, (int64_t)number, item->place));
	put_str(l, map, "published", published);
	put_str(l, map, "protocol", port->protocol);
	stk_compose_append(l->arena, list, map);
}

/* As the text "10/tcp" stands before "9/tcp". */
static int by_decimal_text(const void *a, const void *b)
{
	char x[16], y[16];
	snprintf(x, sizeof(x), "%u/", *(const unsigned *)a);
	snprintf(y, sizeof(y), "%u/", *(const unsigned *)b);
	return strcmp(x, y);
}

int stk_compose_parse_port(struct stk_compose_loader *l, const node *item, node *list)
{
	struct port port = { 0 };
	if (read_port(l, item, stk_compose_text(l->arena, item), &port) < 0)
		return -1;
	/* Compose sorts the ports of a range as text. */
	size_t n = (size_t)(port.last - port.first + 1);
	unsigned *numbers = STK_NEW(l->arena, unsigned, n);
	for (size_t i = 0; i < n; i++)
		numbers[i] = (unsigned)(port.first + i);
	qsort(numbers, n, sizeof(*numbers), by_decimal_text);
	for (size_t i = 0; i < n; i++)
		put_port(l, item, &port, numbers[i], list);
	return 0;
}

struct unit {
	const char *name;
	int64_t nanoseconds;
};

static const struct unit units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 },
	{ "\xce\xbcs", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60000000000 },
	{ "h", 3600000000000 },
	{ "d", 86400000000000 },
	{ "w", 604800000000000 },
};

static int64_t unit_length(struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(units); i++)
		if (stk_str_is(name, units[i].name))
			return units[i].nanoseconds;
	return 0;
}

static size_t count_digits(struct stk_str s)
{
	size_t n = 0;
	while (n < s.n && stk_is_digit(s.p[n]))
		n++;
	return n;
}

/* One "1.5h" at the start of *rest. */
static bool take_quantity(struct stk_str *rest, int64_t *total)
{
	size_t whole = count_digits(*rest), fraction = 0, at = whole;
	uint64_t value = 0;
	if (whole && !stk_str_u64(stk_str_slice(*rest, 0, whole), 10, &value))
		return false;
	double part = 0, scale = 1;
	if (at < rest->n && rest->p[at] == '.') {
		fraction = count_digits(stk_str_slice(*rest, at + 1, rest->n));
		for (size_t i = 0; i < fraction && i < 18; i++, scale *= 10)
			part = part * 10 + (rest->p[at + 1 + i] - '0');
		at += 1 + fraction;
	}
	size_t end = at;
	while (end < rest->n && rest->p[end] != '.' && !stk_is_digit(rest->p[end]))
		end++;
	int64_t unit = unit_length(stk_str_slice(*rest, at, end)), product;
	if ((!whole && !fraction) || !unit || value > INT64_MAX ||
	    __builtin_mul_overflow((int64_t)value, unit, &product) ||
	    __builtin_add_overflow(product, (int64_t)(part * ((double)unit / scale)), &product) ||
	    __builtin_add_overflow(*total, product, total))
		return false;
	*rest = stk_str_slice(*rest, end, rest->n);
	return true;
}

/* As time.Duration prints itself. */
static struct stk_str print_duration(struct stk_arena *arena, int64_t nanoseconds)
{
	/* 0 - (uint64_t)n is the magnitude of INT64_MIN too. */
	uint64_t n = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
	const char *sign = nanoseconds < 0 ? "-" : "";
	if (!n)
		return S("0s");
	if (n < 1000)
		return stk_arena_printf(arena, "%s%uns", sign, (unsigned)n);
	/* Below a second Go prints one unit with a fraction; above, hours, minutes and seconds. */
	uint64_t unit = n < 1000000 ? 1000 : n < 1000000000 ? 1000000 : 1000000000;
	char digits[24] = "";
	uint64_t part = n % unit;
	if (part) {
		int width = unit == 1000 ? 3 : unit == 1000000 ? 6 : 9;
		int length = snprintf(digits, sizeof(digits), ".%0*llu", width, (unsigned long long)part);
		while (digits[length - 1] == '0')
			digits[--length] = 0;
	}
	if (unit < 1000000000)
		return stk_arena_printf(arena, "%s%u%s%s", sign, (unsigned)(n / unit), digits,
					unit == 1000 ? "\xc2\xb5s" : "ms");
	uint64_t seconds = n / unit;
	if (seconds < 60)
		return stk_arena_printf(arena, "%s%u%ss", sign, (unsigned)seconds, digits);
	if (seconds < 3600)
		return stk_arena_printf(arena, "%s%um%u%ss", sign, (unsigned)(seconds / 60), (unsigned)(seconds % 60),
					digits);
	return stk_arena_printf(arena, "%s%lluh%um%u%ss", sign, (unsigned long long)(seconds / 3600),
				(unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60), digits);
}

bool stk_compose_duration(struct stk_arena *arena, struct stk_str text, struct stk_str *out, int64_t *nanoseconds)
{
	struct stk_str rest = text;
	bool negative = rest.n && rest.p[0] == '-';
	if (rest.n && (rest.p[0] == '-' || rest.p[0] == '+'))
		rest = stk_str_slice(rest, 1, rest.n);
	int64_t total = 0;
	if (!rest.n)
		return false;
	if (!stk_str_is(rest, "0"))
		while (rest.n)
			if (!take_quantity(&rest, &total))
				return false;
	*nanoseconds = negative ? -total : total;
	*out = print_duration(arena, *nanoseconds);
	return true;
}

bool stk_compose_float(struct stk_str text, double *out)
{
	char copy[400], *stop;
	size_t n = 0;
	bool hexadecimal = stk_str_contains_nocase(text, S("0x"));
	if (!text.n || text.n >= sizeof(copy) || stk_is_space(text.p[0]) ||
	    (hexadecimal && !stk_str_contains_nocase(text, S("p"))))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '_')
			copy[n++] = text.p[i];
		else if (hexadecimal || !i || i + 1 == text.n || !stk_is_digit(text.p[i - 1]) ||
			 !stk_is_digit(text.p[i + 1]))
			return false;
	}
	copy[n] = 0;
	double value = strtod(copy, &stop);
	if (stop != copy + n || !isfinite(value))
		return false;
	*out = value;
	return true;
}

bool stk_compose_bytes(struct stk_str text, int64_t *out)
{
	size_t end = text.n;
	while (end && !stk_is_digit(text.p[end - 1]) && text.p[end - 1] != '.' && text.p[end - 1] != ' ')
		end--;
	if (!end)
		return false;
	struct stk_str number = stk_str_slice(text, 0, text.p[end - 1] == ' ' ? end - 1 : end),
		       suffix = stk_str_slice(text, end, text.n);
	double value;
	if (!stk_compose_float(number, &value) || value < 0 || suffix.n > 3)
		return false;
	static const char powers[] = "bkmgtp";
	const char *power = suffix.n ? strchr(powers, stk_lower(suffix.p[0])) : powers;
	if (!power)
		return false;
	bool plain = suffix.n < 2 ||
		     (*power != 'b' && ((suffix.n == 2 && stk_lower(suffix.p[1]) == 'b') ||
					(suffix.n == 3 && stk_str_eq_nocase(stk_str_slice(suffix, 1, 3), S("ib")))));
	if (!plain)
		return false;
	for (const char *p = powers; p < power; p++)
		value *= 1024;
	if (value >= 9223372036854775807.0)
		return false;
	*out = (int64_t)value;
	return true;
}
