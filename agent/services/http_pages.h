// What an HTTP server shows: pages that are written section by section, so that none has to fit
// into memory as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/services/text_writer.h"
#include "stack/base/result.h"

namespace agent {

// A section is at most so long; what is beyond is cut off.
inline constexpr size_t kHttpSectionSize = 512;

class HttpPages {
 public:
  struct Page {
    uint8_t id = 0;  // for the provider
    std::string_view content_type;
  };

  // `path` is decoded and canonical (HttpRequestHead::path). kNotFound.
  virtual base::Result<Page> Find(std::string_view path) = 0;
  // Writes section `index` of a page, which may be empty. False: the page has ended before it.
  virtual bool WriteSection(const Page& page, size_t index, TextWriter& out) = 0;

 protected:
  ~HttpPages() = default;
};

}  // namespace agent
