#pragma once

#include <memory>

#include "sterlet/base/clock.h"
#include "sterlet/storage/storage.h"

namespace sterlet::storage {

/// A database in memory that several storages may share, as several connections share a file. One thread at a time.
class MemoryDatabase;

std::shared_ptr<MemoryDatabase> make_memory_database();

/// A storage on a database in memory: gone with the last of them. It keeps all that Storage promises but the disk:
/// transactions are taken back by a journal of undoing, and others see what was committed, at the price of one copy of
/// the database a transaction (none where nobody shares it). A second writer is refused at once with kLocked. `clock`
/// lives as long as the storage.
std::unique_ptr<Storage> connect_memory(std::shared_ptr<MemoryDatabase> database, const base::Clock& clock);

/// One that nobody shares.
std::unique_ptr<Storage> make_memory_storage(const base::Clock& clock);

}  // namespace sterlet::storage
