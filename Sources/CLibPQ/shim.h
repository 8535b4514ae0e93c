#pragma once
#include <libpq-fe.h>

// The PG_DIAG_* field codes are character macros, which Swift does not import.
static inline int clibpq_diag_severity(void) { return PG_DIAG_SEVERITY_NONLOCALIZED; }
static inline int clibpq_diag_sqlstate(void) { return PG_DIAG_SQLSTATE; }
static inline int clibpq_diag_message(void) { return PG_DIAG_MESSAGE_PRIMARY; }
static inline int clibpq_diag_detail(void) { return PG_DIAG_MESSAGE_DETAIL; }
static inline int clibpq_diag_hint(void) { return PG_DIAG_MESSAGE_HINT; }
static inline int clibpq_diag_context(void) { return PG_DIAG_CONTEXT; }
static inline int clibpq_diag_position(void) { return PG_DIAG_STATEMENT_POSITION; }
static inline int clibpq_diag_table(void) { return PG_DIAG_TABLE_NAME; }
static inline int clibpq_diag_column(void) { return PG_DIAG_COLUMN_NAME; }
static inline int clibpq_diag_constraint(void) { return PG_DIAG_CONSTRAINT_NAME; }
static inline int clibpq_diag_source_function(void) { return PG_DIAG_SOURCE_FUNCTION; }
