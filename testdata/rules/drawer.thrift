namespace cpp opex.testdata

// Generated with templates: the client is a template over the protocol.
service Drawer {
  string open(1: string label)
}
