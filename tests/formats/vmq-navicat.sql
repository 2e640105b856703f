/*
 Navicat Premium Data Transfer
*/

SET NAMES utf8mb4;

DROP TABLE IF EXISTS `pay_order`;
CREATE TABLE `pay_order`  (
  `id` bigint(20) NOT NULL,
  `close_date` bigint(20) NOT NULL,
  `create_date` bigint(20) NOT NULL,
  `is_auto` bigint(20) NOT NULL,
  `notify_url` bigint(20) NOT NULL,
  `order_id` bigint(20) NOT NULL,
  `param` bigint(20) NOT NULL,
  `pay_date` bigint(20) NOT NULL,
  `pay_id` bigint(20) NOT NULL,
  `pay_url` bigint(20) NOT NULL,
  `price` double NOT NULL,
  `really_price` double NOT NULL,
  `return_url` bigint(20) NOT NULL,
  `state` bigint(20) NOT NULL,
  `type` bigint(20) NOT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = MyISAM;

INSERT INTO `pay_order` VALUES (1, 0, 1704135845, 1, 'https://shop.example.cn/n', '202401020304051001', 'c1', 1704135900, 'S20240101', 'wxp://x', 10, 10, 'https://shop.example.cn/r', 1, 1);
INSERT INTO `pay_order` VALUES (2, 0, 1704139445, 1, 'https://shop.example.cn/n', '202401020304051002', 'c2', 1704139500, 'S20240102', 'wxp://x', 10, 10.01, 'https://shop.example.cn/r', 2, 2);
INSERT INTO `pay_order` VALUES (3, 0, 1704143045, 1, 'https://shop.example.cn/n', '202401020304051003', 'c3', 0, 'S20240103', 'wxp://x', 20, 20, 'https://shop.example.cn/r', 0, 2);
INSERT INTO `pay_order` VALUES (4, 1704136145, 1704146645, 1, 'https://shop.example.cn/n', '202401020304051004', 'c4', 0, 'S20240104', 'wxp://x', 20, 20.02, 'https://shop.example.cn/r', -1, 1);
INSERT INTO `pay_order` VALUES (5, 0, 1704150245, 1, 'https://shop.example.cn/n', '无订单转账', 'c5', 1704150300, '无订单转账', 'wxp://x', 6.6, 6.6, 'https://shop.example.cn/r', 1, 2);
