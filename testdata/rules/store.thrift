namespace cpp opex.testdata

// For the shape that Thrift's generator gives services: inheritance, exceptions, oneway.
exception Missing { 1: string key }

service Health {
  bool healthy()
}

service Shelf extends Health {
  string get(1: string key) throws (1: Missing missing),
  oneway void drop(1: string key)
}
