locals { names = ["one", "two"] }
import {
  for_each = { for i, n in local.names : n => "id-${i}" }
  to = module.m[0].terraform_data.a[each.key]
  id = each.value
}
module "m" {
  source = "./m"
  count = 1
  names = local.names
}
