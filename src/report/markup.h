/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Text on its way into HTML or XML. Whatever came from an image or a file passes here: escaping
 * once, at the place of output, and never before.
 */

#include "base/buf.h"

/* Appends text with markup's own signs escaped and control or broken bytes made visible; line breaks and tabs stay. */
void stk_markup_text(struct stk_buf *out, struct stk_str text);
/* Appends an attribute: a space, its name, the value in quotes. */
void stk_markup_attribute(struct stk_buf *out, const char *name, struct stk_str value);
/* The same for XML: only what an attribute must not hold is escaped. */
void stk_markup_xml_attribute(struct stk_buf *out, const char *name, struct stk_str value);
/* Appends text as a data URI of this media type, percent-encoded. */
void stk_markup_data_uri(struct stk_buf *out, const char *media_type, struct stk_str text);
/* May this be a link's target: http or https, and nothing that ends an attribute? */
bool stk_markup_safe_url(struct stk_str url);
