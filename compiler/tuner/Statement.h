// A statement of SQL: prepared, bound, stepped through. Private to the database.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

namespace cnnc {

class Statement {
public:
  Statement(sqlite3 *database, const std::string &sql) {
    status = sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
  }
  Statement(const Statement &) = delete;
  ~Statement() { sqlite3_finalize(statement); }

  // Parameters count from 1.
  Statement &bind(int index, const std::string &text) {
    sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  Statement &bind(int index, int64_t value) {
    sqlite3_bind_int64(statement, index, value);
    return *this;
  }
  Statement &bind(int index, int value) { return bind(index, static_cast<int64_t>(value)); }
  Statement &bind(int index, double value) {
    sqlite3_bind_double(statement, index, value);
    return *this;
  }

  /// True while there is a row to read.
  bool step() {
    if (status == SQLITE_OK || status == SQLITE_ROW)
      status = sqlite3_step(statement);
    return status == SQLITE_ROW;
  }
  /// True when all went well to the end; else the database knows the reason.
  bool finished() const { return status == SQLITE_DONE; }

  // Columns of the row count from 0.
  std::string text(int column) const {
    const void *data = sqlite3_column_blob(statement, column);
    size_t bytes = static_cast<size_t>(sqlite3_column_bytes(statement, column));
    return std::string(static_cast<const char *>(data), data ? bytes : 0);
  }
  int64_t integer(int column) const { return sqlite3_column_int64(statement, column); }
  double real(int column) const { return sqlite3_column_double(statement, column); }

private:
  sqlite3_stmt *statement = nullptr;
  int status;
};

} // namespace cnnc
