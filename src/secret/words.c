/* SPDX-License-Identifier: Apache-2.0 */
/* Words of programs and prose, sorted, to tell names from random text. */
#include "secret/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static const char *const words[] = {
	"about",	 "accept",     "access",      "account",     "action",	      "active",	     "actor",
	"adapter",	 "address",    "admin",	      "after",	     "agent",	      "alert",	     "alias",
	"align",	 "allow",      "alpha",	      "always",	     "amount",	      "analytics",   "android",
	"angular",	 "answer",     "apache",      "api",	     "application",   "archive",     "array",
	"article",	 "artifact",   "assert",      "asset",	     "async",	      "attach",	     "attribute",
	"audio",	 "audit",      "auth",	      "author",	     "authorization", "auto",	     "avatar",
	"aware",	 "back",       "background",  "backup",	     "badge",	      "balance",     "banner",
	"base",		 "basic",      "batch",	      "beta",	     "binary",	      "bind",	     "block",
	"board",	 "body",       "bool",	      "border",	     "bottom",	      "bound",	     "branch",
	"brand",	 "bridge",     "broker",      "browser",     "bucket",	      "buffer",	     "build",
	"bundle",	 "button",     "byte",	      "cache",	     "calendar",      "call",	     "camera",
	"cancel",	 "canvas",     "capture",     "card",	     "case",	      "cast",	     "catalog",
	"category",	 "cert",       "certificate", "chain",	     "change",	      "channel",     "char",
	"chart",	 "chat",       "check",	      "child",	     "choice",	      "chunk",	     "class",
	"clean",	 "clear",      "click",	      "client",	     "clock",	      "clone",	     "close",
	"cloud",	 "cluster",    "code",	      "color",	     "column",	      "command",     "comment",
	"commit",	 "common",     "compact",     "company",     "compare",	      "compile",     "complete",
	"component",	 "compose",    "compress",    "compute",     "concat",	      "condition",   "config",
	"configuration", "confirm",    "connect",     "connection",  "console",	      "const",	     "contact",
	"container",	 "content",    "context",     "control",     "convert",	      "cookie",	     "copy",
	"core",		 "count",      "counter",     "country",     "create",	      "credential",  "cron",
	"cross",	 "current",    "cursor",      "custom",	     "customer",      "daemon",	     "dashboard",
	"data",		 "database",   "date",	      "debug",	     "decode",	      "decrypt",     "default",
	"define",	 "delete",     "deploy",      "depth",	     "desc",	      "design",	     "detail",
	"detect",	 "develop",    "device",      "dialog",	     "diff",	      "digest",	     "direct",
	"directory",	 "disable",    "disk",	      "dispatch",    "display",	      "docker",	     "document",
	"domain",	 "double",     "down",	      "download",    "draft",	      "drive",	     "driver",
	"drop",		 "dump",       "dynamic",     "echo",	     "edge",	      "edit",	     "editor",
	"effect",	 "element",    "email",	      "empty",	     "enable",	      "encode",	     "encrypt",
	"endpoint",	 "engine",     "enter",	      "entity",	     "entry",	      "enum",	     "env",
	"environment",	 "equal",      "error",	      "event",	     "every",	      "exact",	     "example",
	"exception",	 "exchange",   "execute",     "exist",	     "exit",	      "expand",	     "expire",
	"export",	 "expose",     "express",     "extend",	     "extension",     "extra",	     "extract",
	"factory",	 "fail",       "failed",      "false",	     "fast",	      "feature",     "feed",
	"fetch",	 "field",      "figure",      "file",	     "filter",	      "final",	     "find",
	"finger",	 "first",      "fixed",	      "flag",	     "flat",	      "float",	     "floor",
	"flow",		 "flush",      "focus",	      "folder",	     "font",	      "foot",	     "footer",
	"force",	 "foreign",    "form",	      "format",	     "forward",	      "found",	     "frame",
	"free",		 "from",       "front",	      "full",	     "function",      "future",	     "game",
	"gateway",	 "general",    "generate",    "generator",   "generic",	      "get",	     "getter",
	"git",		 "github",     "gitlab",      "global",	     "google",	      "grade",	     "grant",
	"graph",	 "green",      "grid",	      "group",	     "guard",	      "guest",	     "guide",
	"handle",	 "handler",    "hash",	      "head",	     "header",	      "heading",     "health",
	"height",	 "hello",      "help",	      "helper",	     "here",	      "hidden",	     "hide",
	"high",		 "history",    "home",	      "hook",	     "horizontal",    "host",	     "hour",
	"html",		 "http",       "https",	      "human",	     "icon",	      "idle",	     "image",
	"impl",		 "import",     "index",	      "info",	     "init",	      "inline",	     "inner",
	"input",	 "insert",     "inside",      "instance",    "integer",	      "integration", "interface",
	"internal",	 "interval",   "invalid",     "invoice",     "issue",	      "item",	     "iterator",
	"java",		 "javascript", "join",	      "json",	     "jump",	      "just",	     "jwt",
	"keep",		 "kernel",     "key",	      "keyboard",    "kind",	      "kube",	     "kubernetes",
	"label",	 "lambda",     "language",    "large",	     "last",	      "latest",	     "launch",
	"layer",	 "layout",     "lead",	      "leader",	     "leaf",	      "left",	     "length",
	"level",	 "library",    "license",     "lifecycle",   "light",	      "like",	     "limit",
	"line",		 "link",       "list",	      "listen",	     "load",	      "loader",	     "local",
	"locale",	 "location",   "lock",	      "log",	     "logger",	      "login",	     "logo",
	"logout",	 "long",       "loop",	      "lower",	     "machine",	      "mail",	     "main",
	"major",	 "make",       "manage",      "manager",     "manifest",      "manual",	     "many",
	"map",		 "mapper",     "mark",	      "market",	     "mask",	      "master",	     "match",
	"material",	 "matrix",     "maximum",     "media",	     "medium",	      "member",	     "memory",
	"menu",		 "merge",      "message",     "meta",	     "metadata",      "method",	     "metric",
	"micro",	 "middle",     "migrate",     "migration",   "minimum",	      "minor",	     "mirror",
	"missing",	 "mobile",     "mock",	      "mode",	     "model",	      "modify",	     "module",
	"monitor",	 "month",      "more",	      "mount",	     "mouse",	      "move",	     "multi",
	"mutable",	 "mutation",   "name",	      "namespace",   "native",	      "navigate",    "nested",
	"network",	 "never",      "next",	      "node",	     "none",	      "normal",	     "note",
	"notification",	 "null",       "number",      "numeric",     "oauth",	      "object",	     "observe",
	"offset",	 "open",       "operation",   "operator",    "option",	      "optional",    "oracle",
	"order",	 "origin",     "other",	      "outer",	     "output",	      "over",	     "override",
	"owner",	 "package",    "packet",      "page",	     "paint",	      "panel",	     "param",
	"parameter",	 "parent",     "parse",	      "parser",	     "part",	      "partial",     "pass",
	"password",	 "patch",      "path",	      "pattern",     "pause",	      "payload",     "payment",
	"peer",		 "pending",    "percent",     "performance", "period",	      "permission",  "persist",
	"person",	 "phone",      "photo",	      "picker",	     "picture",	      "pipe",	     "pipeline",
	"pixel",	 "place",      "plain",	      "plan",	     "platform",      "play",	     "player",
	"plugin",	 "point",      "policy",      "poll",	     "pool",	      "popup",	     "port",
	"portal",	 "position",   "post",	      "postgres",    "power",	      "prefix",	     "present",
	"preview",	 "price",      "primary",     "print",	     "priority",      "private",     "process",
	"processor",	 "product",    "production",  "profile",     "program",	      "progress",    "project",
	"promise",	 "prompt",     "proof",	      "property",    "protect",	      "protocol",    "provide",
	"provider",	 "proxy",      "public",      "publish",     "pull",	      "purge",	     "push",
	"python",	 "quality",    "query",	      "queue",	     "quick",	      "quota",	     "quote",
	"radio",	 "random",     "range",	      "rank",	     "rate",	      "ratio",	     "react",
	"read",		 "reader",     "ready",	      "real",	     "reason",	      "receive",     "record",
	"recover",	 "redirect",   "redis",	      "reduce",	     "reference",     "refresh",     "region",
	"register",	 "registry",   "reject",      "related",     "relation",      "release",     "reload",
	"remote",	 "remove",     "render",      "renew",	     "repair",	      "repeat",	     "replace",
	"reply",	 "report",     "repository",  "request",     "require",	      "reserve",     "reset",
	"resize",	 "resolve",    "resource",    "response",    "rest",	      "restart",     "restore",
	"result",	 "resume",     "retry",	      "return",	     "reverse",	      "review",	     "revision",
	"right",	 "role",       "rollback",    "root",	     "rotate",	      "route",	     "router",
	"ruby",		 "rule",       "runtime",     "rust",	     "safe",	      "salt",	     "sample",
	"sandbox",	 "save",       "scale",	      "scan",	     "schedule",      "schema",	     "scope",
	"score",	 "screen",     "script",      "scroll",	     "search",	      "second",	     "secret",
	"section",	 "secure",     "security",    "segment",     "select",	      "sender",	     "sensor",
	"sentry",	 "sequence",   "serial",      "server",	     "service",	      "session",     "set",
	"setting",	 "setup",      "shadow",      "shape",	     "share",	      "shell",	     "ship",
	"shop",		 "short",      "should",      "show",	     "side",	      "sign",	     "signature",
	"simple",	 "single",     "site",	      "size",	     "skip",	      "slack",	     "slice",
	"slide",	 "slot",       "slow",	      "small",	     "smart",	      "snapshot",    "social",
	"socket",	 "soft",       "sort",	      "source",	     "space",	      "span",	     "spec",
	"special",	 "spell",      "split",	      "spring",	     "sprite",	      "stack",	     "stage",
	"standard",	 "start",      "state",	      "static",	     "station",	      "status",	     "step",
	"stop",		 "storage",    "store",	      "stream",	     "street",	      "strict",	     "string",
	"strip",	 "strong",     "struct",      "style",	     "subject",	      "submit",	     "subscribe",
	"success",	 "suffix",     "suite",	      "summary",     "super",	      "supply",	     "support",
	"surface",	 "swap",       "switch",      "symbol",	     "sync",	      "syntax",	     "system",
	"table",	 "tag",	       "target",      "task",	     "team",	      "tech",	     "template",
	"tenant",	 "term",       "terminal",    "test",	     "text",	      "theme",	     "thread",
	"threshold",	 "throw",      "ticket",      "time",	     "timeout",	      "timer",	     "timestamp",
	"title",	 "toggle",     "token",	      "tool",	     "tooltip",	      "topic",	     "total",
	"touch",	 "trace",      "track",	      "trade",	     "traffic",	      "trail",	     "train",
	"transaction",	 "transfer",   "transform",   "transition",  "translate",     "transport",   "tree",
	"trigger",	 "true",       "trust",	      "tunnel",	     "twitter",	      "type",	     "ubuntu",
	"undefined",	 "under",      "undo",	      "unicode",     "unique",	      "unit",	     "unix",
	"unknown",	 "unlock",     "until",	      "update",	     "upgrade",	      "upload",	     "upper",
	"usage",	 "use",	       "user",	      "username",    "util",	      "utility",     "valid",
	"validate",	 "validator",  "value",	      "variable",    "vault",	      "vector",	     "vendor",
	"verify",	 "version",    "vertical",    "video",	     "view",	      "virtual",     "visible",
	"visit",	 "volume",     "wait",	      "wallet",	     "warn",	      "warning",     "watch",
	"water",	 "weak",       "web",	      "webhook",     "week",	      "weight",	     "white",
	"widget",	 "width",      "will",	      "window",	     "wire",	      "with",	     "word",
	"work",		 "worker",     "workflow",    "world",	     "wrap",	      "write",	     "writer",
	"year",		 "yellow",     "your",	      "zero",	     "zone",	      "zoom",
};

enum { LONGEST = 16, STOP_WORD = 5 };

static int compare(const void *key, const void *word)
{
	return stk_str_compare(*(const struct stk_str *)key, stk_str_from(*(const char *const *)word));
}

static bool is_word(struct stk_str key)
{
	return bsearch(&key, words, STK_LEN(words), sizeof(words[0]), compare) != NULL;
}

/* The longest word that the text starts with. */
static size_t word_at(struct stk_str text)
{
	char folded[LONGEST];
	size_t n = text.n < LONGEST ? text.n : LONGEST;
	for (size_t i = 0; i < n; i++)
		folded[i] = stk_lower(text.p[i]);
	for (; n >= 3; n--)
		if (is_word((struct stk_str){ folded, n }))
			return n;
	return 0;
}

size_t stk_words_cover(struct stk_str text, bool *stop_word)
{
	size_t covered = 0;
	*stop_word = false;
	for (size_t i = 0; i < text.n;) {
		size_t n = word_at(stk_str_slice(text, i, text.n));
		covered += n;
		*stop_word |= n >= STOP_WORD;
		i += n ? n : 1;
	}
	return covered;
}
