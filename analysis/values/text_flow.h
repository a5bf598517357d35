// The text that a function is given, and the variables of its own that it goes on in: what is made from it,
// and what a call that gets it writes to.
#pragma once

#include "model/program.h"

#include <set>

namespace opex {

class TextFlow {
public:
  /// Both must outlive the object.
  TextFlow(const Program &program, const LinkedFunction &function);

  /// It is given no text.
  bool isEmpty() const { return text_.empty(); }

  /// It has variable arguments: `...`, a list of them, or a parameter pack.
  bool isFormatting() const { return isFormatting_; }

  /// The value, or something that it is made from, is part of the text.
  bool carries(Index<Value> value) const;
  bool carries(const Call &call) const;

  /// A variable of the function, no parameter.
  bool isOwn(Index<Value> value) const;

private:
  void seed(const Program &program);
  uint32_t firstOfPack(const Program &program) const;
  bool isOwn(uint32_t local) const;
  void spread();
  void addTargets(const Call &call);

  const LinkedFunction &function_;
  const Function &body_;
  bool isFormatting_ = false;
  std::set<uint32_t> text_; ///< Locals.
};

} // namespace opex
