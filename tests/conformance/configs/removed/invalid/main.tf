removed {
  from = terraform_data.a
  lifecycle {
    destroy = true
  }
  provisioner "local-exec" {
    command = "echo hello"
  }
}
removed {
  from = terraform_data.b
  lifecycle {
    destroy = "maybe"
  }
}
removed {
  from = terraform_data.c
  lifecycle {
    destroy = var.x
  }
}
removed {
  from = terraform_data.d
  lifecycle {
    prevent_destroy = true
  }
}
removed {
  from = terraform_data.e
}
removed {
  from = data.terraform_remote_state.e
}
removed {
  lifecycle {
    destroy = false
  }
}
removed {
  from = module.x
  provisioner "local-exec" {
    when    = destroy
    command = "echo hello"
  }
}
