# emulator: ministack
# A cluster with all that belongs to it is forgotten and taken over again.
resource "aws_vpc" "net" {
  cidr_block = "10.90.0.0/16"
}

resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
}

resource "aws_eks_cluster" "c" {
  name     = "stackwright-imports"
  role_arn = "arn:aws:iam::000000000000:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.s[*].id
  }
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }
}

resource "aws_eks_node_group" "n" {
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::000000000000:role/node"
  subnet_ids      = aws_subnet.s[*].id
  scaling_config {
    min_size     = 0
    desired_size = 1
    max_size     = 2
  }
}

resource "aws_eks_addon" "a" {
  cluster_name = aws_eks_cluster.c.name
  addon_name   = "coredns"
}

resource "aws_eks_access_entry" "e" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = "arn:aws:iam::000000000000:role/admin"
}

resource "aws_eks_access_policy_association" "p" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_eks_access_entry.e.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_pod_identity_association" "i" {
  cluster_name    = aws_eks_cluster.c.name
  namespace       = "default"
  service_account = "robot"
  role_arn        = "arn:aws:iam::000000000000:role/robot"
}

resource "terraform_data" "id" {
  input = aws_eks_pod_identity_association.i.association_id
}

### then

resource "aws_vpc" "net" {
  cidr_block = "10.90.0.0/16"
}

resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
}

removed {
  from = aws_eks_cluster.c
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_eks_node_group.n
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_eks_addon.a
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_eks_access_entry.e
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_eks_access_policy_association.p
  lifecycle {
    destroy = false
  }
}

removed {
  from = aws_eks_pod_identity_association.i
  lifecycle {
    destroy = false
  }
}

resource "terraform_data" "id" {
  input = "kept"
  lifecycle {
    ignore_changes = [input]
  }
}

### then

resource "aws_vpc" "net" {
  cidr_block = "10.90.0.0/16"
}

resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.net.id
  cidr_block        = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
}

import {
  to = aws_eks_cluster.c
  id = "stackwright-imports"
}

import {
  to = aws_eks_node_group.n
  id = "stackwright-imports:nodes"
}

import {
  to = aws_eks_addon.a
  id = "stackwright-imports:coredns"
}

import {
  to = aws_eks_access_entry.e
  id = "stackwright-imports:arn:aws:iam::000000000000:role/admin"
}

import {
  to = aws_eks_access_policy_association.p
  id = "stackwright-imports#arn:aws:iam::000000000000:role/admin#arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
}

import {
  to = aws_eks_pod_identity_association.i
  id = "stackwright-imports,${terraform_data.id.output}"
}

resource "aws_eks_cluster" "c" {
  name     = "stackwright-imports"
  role_arn = "arn:aws:iam::000000000000:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.s[*].id
  }
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }
}

resource "aws_eks_node_group" "n" {
  cluster_name    = aws_eks_cluster.c.name
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::000000000000:role/node"
  subnet_ids      = aws_subnet.s[*].id
  scaling_config {
    min_size     = 0
    desired_size = 1
    max_size     = 2
  }
}

resource "aws_eks_addon" "a" {
  cluster_name = aws_eks_cluster.c.name
  addon_name   = "coredns"
}

resource "aws_eks_access_entry" "e" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = "arn:aws:iam::000000000000:role/admin"
}

resource "aws_eks_access_policy_association" "p" {
  cluster_name  = aws_eks_cluster.c.name
  principal_arn = aws_eks_access_entry.e.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_pod_identity_association" "i" {
  cluster_name    = aws_eks_cluster.c.name
  namespace       = "default"
  service_account = "robot"
  role_arn        = "arn:aws:iam::000000000000:role/robot"
}

resource "terraform_data" "id" {
  input = "kept"
  lifecycle {
    ignore_changes = [input]
  }
}
