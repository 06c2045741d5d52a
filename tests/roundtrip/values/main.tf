resource "terraform_data" "rewritten" {}

resource "terraform_data" "values" {
  for_each = {
    null      = null
    bool      = false
    number    = 1.5
    large     = 123456789012345678901234567890
    string    = "ünï \"q\" \\ \t ${"$"}{no} %%{no}"
    lines     = <<-EOT
      first
        second
    EOT
    list      = tolist([1, 2, 2])
    tuple     = [1, "a", [true, null], {}]
    set       = toset(["b", "a"])
    set_objs  = toset([{ a = 1, b = "x" }, { a = 2, b = null }])
    map       = tomap({ "b.c" = "1", "" = "2" })
    object    = { a = { b = { c = [] } }, "x y" = 1 }
    nothing   = []
    empty     = {}
    typed     = tolist(null)
    nested    = { list = tolist([tomap({ a = toset([1]) })]) }
    json      = jsonencode({ a = [1, null, "<&>"] })
  }
  input            = each.value
  triggers_replace = { value = each.value }
}
