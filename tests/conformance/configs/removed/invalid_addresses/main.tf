removed {
  from = terraform_data.n
  lifecycle {
    destroy = true
    precondition {
      condition = true
      error_message = "x"
    }
  }
  count = 2
}
removed {
  from = terraform_data.o
  lifecycle {
    destroy = null
  }
}
removed {
  from = "terraform_data.p"
  lifecycle {
    destroy = "true"
  }
}
removed {
  from = terraform_data.q.foo
  lifecycle {
    destroy = "true"
  }
}
removed {
  from = terraform_data.r[each.key]
  lifecycle {
    destroy = "true"
  }
}
removed {
  from = resource.terraform_data.s
  lifecycle {
    destroy = "true"
  }
}
removed {
  from = local.s
  lifecycle {
    destroy = "true"
  }
}
removed "x" {
  from = terraform_data.s
}
