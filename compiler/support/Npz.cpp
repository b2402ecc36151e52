#include "compiler/support/Npz.h"

#include "compiler/support/Npy.h"
#include "compiler/support/WriteFile.h"

#include <new>
#include <zip.h>

namespace cnnc {

namespace {
/// A member of the archive: one tensor.
struct Member {
  zip_uint64_t index = 0;
  std::string name; ///< Without ".npy".
  size_t bytes = 0; ///< Unpacked, header included.
};
} // namespace

using Archive = std::shared_ptr<zip_t>;
using OpenMember = std::unique_ptr<zip_file_t, int (*)(zip_file_t *)>;

static std::string describe(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

static Result<Archive> openArchive(const OwnedBytes &file) {
  if (file.data.empty()) // which libzip takes for an archive without members
    return Error{"this is not an npz file: it is empty"};
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t *source =
      zip_source_buffer_create(file.data.data(), file.data.size(), /*freep=*/0, &error);
  zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
  int code = zip_error_code_zip(&error);
  zip_error_fini(&error);
  if (archive) // the mapping must live as long as the archive
    return Archive(archive, [file](zip_t *opened) { zip_discard(opened); });
  zip_source_free(source);
  return Error{"this is not an npz file: " + describe(code)};
}

static Error memberError(const Member &member, const std::string &reason) {
  return Error{"member '" + member.name + ".npy': " + reason};
}

/// Reads exactly `count` bytes of an open member.
static bool readExactly(zip_file_t *open, char *destination, size_t count) {
  while (count > 0) {
    zip_int64_t got = zip_fread(open, destination, count);
    if (got <= 0)
      return false;
    destination += got;
    count -= static_cast<size_t>(got);
  }
  return true;
}

/// The number of bytes that a member claims is checked against what its packed bytes can hold
/// (deflate never packs better than 1032 to 1), so that a damaged directory asks for no memory.
static bool isPlausible(const zip_stat_t &status, size_t fileBytes) {
  return status.comp_size <= fileBytes && status.size / 1032 <= status.comp_size + 1;
}

static OpenMember openMember(const Archive &archive, const Member &member) {
  return OpenMember(zip_fopen_index(archive.get(), member.index, 0), zip_fclose);
}

static std::string archiveError(const Archive &archive) { return zip_strerror(archive.get()); }

static Result<NpyHeader> readHeader(const Archive &archive, const Member &member) {
  OpenMember open = openMember(archive, member);
  if (!open)
    return memberError(member, archiveError(archive));
  std::string header(std::min<size_t>(12, member.bytes), '\0');
  if (!readExactly(open.get(), header.data(), header.size()))
    return memberError(member, "its header can not be unpacked");
  Result<size_t> headerBytes = npyHeaderBytes(header);
  if (!headerBytes)
    return memberError(member, headerBytes.error());
  size_t begun = header.size();
  header.resize(std::max(begun, std::min(*headerBytes, member.bytes)));
  if (!readExactly(open.get(), header.data() + begun, header.size() - begun))
    return memberError(member, "its header can not be unpacked");
  Result<NpyHeader> parsed = parseNpyHeader(header);
  return parsed ? parsed : Result<NpyHeader>(memberError(member, parsed.error()));
}

/// Unpacks a whole member into memory of its own; zip's checksum is verified at its end.
static Result<OwnedBytes> unpack(const Archive &archive, const Member &member) {
  std::shared_ptr<char> bytes(new (std::nothrow) char[member.bytes], std::default_delete<char[]>());
  if (!bytes)
    return memberError(member, "not enough memory for " + std::to_string(member.bytes) + " bytes");
  OpenMember open = openMember(archive, member);
  if (!open)
    return memberError(member, archiveError(archive));
  char beyond;
  if (!readExactly(open.get(), bytes.get(), member.bytes) || zip_fread(open.get(), &beyond, 1) != 0)
    return memberError(member, "it can not be unpacked: the file is damaged");
  return OwnedBytes{{bytes.get(), member.bytes}, bytes};
}

static Result<StoredTensor> describeMember(const Archive &archive, const Member &member) {
  Result<NpyHeader> header = readHeader(archive, member);
  if (!header)
    return Error{header.error()};
  StoredTensor tensor{member.name, header->type, header->shape, header->columnMajor, nullptr};
  if (header->type == StorageType::Unsupported) {
    Error unsupported = unsupportedNpyType(member.name, header->typeText);
    tensor.load = [unsupported]() -> Result<OwnedBytes> { return unsupported; };
    return tensor;
  }
  size_t offset = header->dataOffset, elements = static_cast<size_t>(header->elementBytes);
  if (elements > member.bytes - offset)
    return memberError(member, "shape " + shapeToString(header->shape) + " of " +
                                   toString(header->type) + " takes " + std::to_string(elements) +
                                   " bytes but " + std::to_string(member.bytes - offset) +
                                   " are there");
  tensor.load = [archive, member, offset, elements]() -> Result<OwnedBytes> {
    Result<OwnedBytes> all = unpack(archive, member);
    return all ? Result<OwnedBytes>(all->part(offset, elements)) : all;
  };
  return tensor;
}

Result<std::vector<StoredTensor>> readNpz(const std::string &, const OwnedBytes &file) {
  Result<Archive> archive = openArchive(file);
  if (!archive)
    return Error{archive.error()};
  std::vector<StoredTensor> tensors;
  zip_int64_t count = zip_get_num_entries(archive->get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t status;
    if (zip_stat_index(archive->get(), static_cast<zip_uint64_t>(i), 0, &status) != 0)
      return Error{"member " + std::to_string(i) + ": " + archiveError(*archive)};
    std::string name = status.name ? status.name : "";
    if (name.size() < 4 || name.compare(name.size() - 4, 4, ".npy") != 0)
      continue;
    Member member{static_cast<zip_uint64_t>(i), name.substr(0, name.size() - 4), status.size};
    if (!isPlausible(status, file.data.size()))
      return memberError(member, "its size of " + std::to_string(status.size) +
                                     " bytes can not be true: the file is damaged");
    Result<StoredTensor> tensor = describeMember(*archive, member);
    if (!tensor)
      return Error{tensor.error()};
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

/// Adds one tensor, whose header and elements must stay where they are until the archive is closed.
static bool addMember(zip_t *archive, const TensorToWrite &tensor, const std::string &header) {
  zip_buffer_fragment_t pieces[2];
  pieces[0].data = reinterpret_cast<zip_uint8_t *>(const_cast<char *>(header.data()));
  pieces[0].length = header.size();
  pieces[1].data = static_cast<zip_uint8_t *>(const_cast<void *>(tensor.data));
  pieces[1].length = static_cast<zip_uint64_t>(*numBytes(tensor.type, tensor.shape));
  zip_source_t *source = zip_source_buffer_fragment(archive, pieces, 2, /*freep=*/0);
  if (!source)
    return false;
  zip_int64_t index =
      zip_file_add(archive, (tensor.name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  // The earliest date that zip knows, in place of now: equal tensors, equal bytes.
  zip_uint16_t midnight = 0, firstOfJanuary1980 = 1 << 5 | 1;
  zip_uint64_t member = static_cast<zip_uint64_t>(index);
  return zip_set_file_compression(archive, member, ZIP_CM_STORE, 0) == 0 &&
         zip_file_set_dostime(archive, member, midnight, firstOfJanuary1980, 0) == 0;
}

static Status writeArchive(const std::string &path, const std::vector<TensorToWrite> &tensors,
                           const std::vector<std::string> &headers) {
  int code = 0;
  zip_t *archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_EXCL, &code);
  if (!archive)
    return Error{describe(code)};
  bool added = true;
  for (size_t i = 0; i < tensors.size() && added; ++i)
    added = addMember(archive, tensors[i], headers[i]);
  if (added && zip_close(archive) == 0)
    return done();
  Error error{zip_strerror(archive)};
  zip_discard(archive);
  return error;
}

Status writeNpz(const std::string &path, const std::vector<TensorToWrite> &tensors) {
  if (tensors.empty())
    return Error{path + ": there is no tensor to write"};
  std::vector<std::string> headers;
  for (const TensorToWrite &tensor : tensors) {
    Result<std::string> header = makeNpyHeader(tensor.type, tensor.shape);
    if (!header)
      return Error{path + ": " + header.error()};
    headers.push_back(std::move(*header));
  }
  return writeBesideThenRename(path, [&](const std::string &beside) -> Status {
    Status written = writeArchive(beside, tensors, headers);
    return written ? done() : Status(Error{"can not write " + path + ": " + written.error()});
  });
}

} // namespace cnnc
